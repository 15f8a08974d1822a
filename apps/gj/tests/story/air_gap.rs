//! With the network cut off, everything works, and nothing tries to connect.

use crate::cohort::MadeUp;
use crate::house::House;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// What a user does, inside a network of its own whose only interface is `lo`: serve, ask, look, download.
const INSIDE: &str = r#"
set -eu
if [ "$CUT_OFF" = yes ]; then
  ip link set lo up 2>/dev/null || ifconfig lo 127.0.0.1 up
  [ "$(grep -vc -e 'lo:' -e 'Inter-' -e ' face ' /proc/net/dev)" = 0 ] || { echo "there is a network"; exit 1; }
  [ "$(tail -n +2 /proc/net/route | wc -l)" = 0 ] || { echo "there is a route"; exit 1; }
fi
strace -f -qq -e trace=connect,sendto,sendmsg -o "$TRACE" "$GJ" serve --data "$DATA" --listen 127.0.0.1:0 2> "$TRACE.err" &
server=$!
for i in $(seq 200); do
  address=$(sed -n 's|^serving on http://\([^/]*\)/$|\1|p' "$TRACE.err"); [ -n "$address" ] && break; sleep 0.1
done
[ -n "$address" ] || { echo "it does not serve"; cat "$TRACE.err"; exit 1; }
ask() { # what, path
  status=$(curl -s -o "$TRACE.body" -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "http://$address$2")
  [ "$status" = 200 ] || { echo "$1: $status $(cat "$TRACE.body")"; exit 1; }
  # Nothing a page refers to lies anywhere else.
  if grep -E '(src|href|action)="(https?:)?//' "$TRACE.body"; then echo "$1 refers elsewhere"; exit 1; fi
}
ask home /
ask search /search
ask region "/region/r1/chr2:1-9000000"
ask frequency "/api/frequency?freeze=r1&region=chr2:1-9000000&by=stratum"
ask vcf "/api/frequency.vcf?freeze=r1&region=chr2:1-9000000"
ask beacon "/api/beacon/v2/g_variants?referenceName=chr2&start=0&end=9000000&datasets=r1"
ask service "/api/beacon/v2/service-info"
ask download "/api/download/r1/sites.parquet"
# strace passes no signal on: its child is the server.
kill -TERM $(cat /proc/$server/task/$server/children)
wait $server || true
echo everything answered
"#;

/// Whether a command works here.
fn works(words: &[&str]) -> bool {
    let status =
        Command::new(words[0]).args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn without_any_network_everything_answers_and_no_connection_is_tried() {
    let watched = works(&["strace", "-f", "-qq", "-o", "/dev/null", "true"]) && works(&["curl", "--version"]);
    assert!(watched || std::env::var_os("CI").is_none(), "CI must have strace and curl");
    if !watched {
        eprintln!("skipped: strace or curl does not work here");
        return;
    }
    // Where the kernel gives no network of its own, what is tried is watched all the same.
    let cut_off = works(&["unshare", "-rn", "strace", "-f", "-qq", "-o", "/dev/null", "true"]);
    if !cut_off {
        eprintln!("the network stays: `unshare -rn` does not work here");
    }
    let cohort = MadeUp::new(60, 20, 2);
    let house = House::on_file();
    let everybody: Vec<usize> = (0..60).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&everybody, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    let (token, trace) = (house.token("academic"), house.beside("trace"));
    let words = ["unshare", "-rn", "sh", "-c", INSIDE];
    let words = if cut_off { &words[..] } else { &words[2..] };
    let mut inside = Command::new(words[0]);
    inside
        .args(&words[1..])
        .env("CUT_OFF", if cut_off { "yes" } else { "no" })
        .env("GJ", env!("CARGO_BIN_EXE_gj"))
        .env("DATA", house.dir());
    inside.env("TOKEN", token).env("TRACE", &trace).stdin(Stdio::null()).process_group(0);
    let output = inside.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("everything answered"), "{said}{errors}");
    // An answer is written to a connection that somebody else opened: it names no address.
    let tried = fs::read_to_string(&trace).unwrap();
    let named: Vec<&str> =
        tried.lines().filter(|line| line.contains("AF_") || line.contains("connect(")).collect();
    assert!(named.is_empty(), "{named:#?}");
}
