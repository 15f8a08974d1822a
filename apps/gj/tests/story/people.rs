//! Counts of people: equal to a naive recount of the raw files, told in tens where small ones are hidden,
//! and without whoever leaves from that moment on.

use crate::cohort::{Contributor, Dice, real};
use crate::house::House;
use crate::http;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A little vocabulary: 1 and 2 are kinds of 0, 3 of 1, 4 of 1 and 2, 5 and 6 stand alone.
const ABOVE: [&[usize]; 7] = [&[], &[0], &[0], &[1], &[1, 2], &[], &[]];

fn id(term: usize) -> String {
    format!("HP:{:07}", term + 1)
}

fn obo() -> String {
    let mut text = "format-version: 1.2\ndata-version: hp/releases/2026-01-01\n".to_owned();
    for (term, above) in ABOVE.iter().enumerate() {
        text += &format!("\n[Term]\nid: {}\nname: finding {term}\n", id(term));
        above.iter().for_each(|above| text += &format!("is_a: {}\n", id(*above)));
    }
    text + "\n[Term]\nid: HP:0000100\nname: gone\nis_obsolete: true\nreplaced_by: HP:0000001\n"
}

fn kinds(term: usize) -> BTreeSet<usize> {
    ABOVE[term].iter().flat_map(|above| kinds(*above)).chain([term]).collect()
}

/// What the raw files say of one person.
struct Raw {
    sex: String,
    stratum: String,
    contributor: &'static str,
    /// Whether each term was observed.
    terms: BTreeMap<usize, bool>,
    /// Alternate alleles and copies, by variant.
    calls: Vec<(u32, u32)>,
}

struct World {
    people: BTreeMap<String, Raw>,
    variants: Vec<String>,
}

/// The people of the real cohort with made-up phenotypes, in a house and beside it.
fn build(house: &House, seed: u64) -> Option<World> {
    let real = real()?;
    // The smallest file with more than a handful of variants.
    let size = |gene: &&PathBuf| fs::metadata(gene).unwrap().len();
    let gene = real.genes.iter().filter(|gene| size(gene) > 50_000).min_by_key(size).unwrap();
    let mut people: BTreeMap<String, Raw> = BTreeMap::new();
    for contributor in &real.contributors {
        let file = contributor.files.iter().find(|file| file.file_name() == gene.file_name()).unwrap();
        house.take_in(&Contributor { files: vec![file.clone()], ..contributor.clone() });
        for line in fs::read_to_string(&contributor.sheet).unwrap().lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let raw = Raw {
                sex: cells[2].to_owned(),
                stratum: cells[6].to_owned(),
                contributor: contributor.id,
                terms: BTreeMap::new(),
                calls: Vec::new(),
            };
            people.insert(cells[0].to_owned(), raw);
        }
    }
    let mut dice = Dice(seed);
    let vocabulary = house.beside("hp.obo");
    fs::write(&vocabulary, obo()).unwrap();
    house.ok(&["ontology", "load", "HP"], &[&vocabulary]);
    for contributor in &real.contributors {
        let mut table = "participant\tterm\tstatus\tonset\n".to_owned();
        for (name, raw) in people.iter_mut().filter(|(_, raw)| raw.contributor == contributor.id) {
            for term in 0..ABOVE.len() {
                let observed = match dice.roll(100) {
                    0..30 => true,
                    30..45 => false,
                    _ => continue,
                };
                raw.terms.insert(term, observed);
                let status = if observed { "observed" } else { "excluded" };
                table += &format!(
                    "P-{name}\t{}\t{status}\tP7Y{}M\n",
                    id(term),
                    100_000_000 + dice.roll(900_000_000)
                );
            }
        }
        let file = house.beside(&format!("{}.terms.tsv", contributor.id));
        fs::write(&file, table).unwrap();
        house.ok(&["import-phenotypes", "--institution", contributor.id], &[&file]);
    }
    let variants = read_calls(gene, &mut people, &mut dice);
    Some(World { people, variants })
}

/// Some variants of a VCF, and what each person has there.
fn read_calls(gene: &Path, people: &mut BTreeMap<String, Raw>, dice: &mut Dice) -> Vec<String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(gene).unwrap()).read_to_string(&mut text).unwrap();
    let (mut names, mut variants) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with("##")) {
        let cells: Vec<&str> = line.split('\t').collect();
        if line.starts_with('#') {
            names = cells[9..].to_vec();
            continue;
        }
        let plain = |text: &str| text.bytes().all(|base| b"ACGT".contains(&base));
        if !plain(cells[3]) || !plain(cells[4]) || dice.roll(8) > 0 {
            continue;
        }
        variants.push([cells[0], cells[1], cells[3], cells[4]].join("-"));
        for (name, call) in names.iter().zip(&cells[9..]) {
            let alleles: Vec<&str> = call.split(':').next().unwrap().split(['|', '/']).collect();
            let alternate = alleles.iter().filter(|allele| **allele == "1").count() as u32;
            people.get_mut(*name).unwrap().calls.push((alternate, alleles.len() as u32));
        }
    }
    variants
}

/// A random question, as words of the command and as a test of a person.
type Test = Box<dyn Fn(&Raw) -> bool>;
type Asked = (Vec<String>, Test);

fn question(world: &World, dice: &mut Dice) -> Asked {
    let mut words: Vec<String> = Vec::new();
    let mut tests: Vec<Test> = Vec::new();
    let mut add = |option: &str, value: String| words.extend([option.to_owned(), value]);
    if dice.roll(3) > 0 {
        let variant = dice.roll(world.variants.len() as u64) as usize;
        let zygosity = ["any", "het", "hom"][dice.roll(3) as usize];
        add("--variant", world.variants[variant].clone());
        add("--zygosity", zygosity.to_owned());
        tests.push(Box::new(move |raw| match (zygosity, raw.calls[variant]) {
            ("any", (alternate, _)) => alternate > 0,
            ("hom", (alternate, copies)) => alternate == 2 && copies == 2,
            (_, (alternate, copies)) => alternate == 1 && copies == 2,
        }));
    }
    for _ in 0..dice.roll(3) {
        let term = dice.roll(ABOVE.len() as u64) as usize;
        let reach = ["", "=", "!", "!="][dice.roll(4) as usize];
        add("--term", format!("{reach}{}", id(term)));
        tests.push(Box::new(move |raw| {
            raw.terms.iter().any(|(of, observed)| match reach {
                "" => *observed && kinds(*of).contains(&term),
                "=" => *observed && *of == term,
                "!" => !*observed && kinds(term).contains(of),
                _ => !*observed && *of == term,
            })
        }));
    }
    if dice.roll(3) == 0 {
        let sex = ["male", "female"][dice.roll(2) as usize];
        add("--sex", sex.to_owned());
        tests.push(Box::new(move |raw| raw.sex == sex));
    }
    if dice.roll(4) == 0 {
        let contributor = ["jpt-centre", "asia-biobank", "west-hospital"][dice.roll(3) as usize];
        add("--contributor", contributor.to_owned());
        tests.push(Box::new(move |raw| raw.contributor == contributor));
    }
    if dice.roll(5) == 0 {
        let stratum = ["JPT", "CHB", "GBR", "YRI"][dice.roll(4) as usize];
        add("--stratum", stratum.to_owned());
        tests.push(Box::new(move |raw| raw.stratum == stratum));
    }
    (words, Box::new(move |raw| tests.iter().all(|test| test(raw))))
}

fn asked(house: &House, words: &[String]) -> Value {
    let fixed = ["people", "count", "--freeze", "r1", "--as", "academic", "--purpose", "GRU", "--json"];
    let words: Vec<&str> = fixed.into_iter().chain(words.iter().map(String::as_str)).collect();
    house.json(&words, &[])
}

fn naive<'a>(people: impl Iterator<Item = &'a Raw>, test: &dyn Fn(&Raw) -> bool) -> u64 {
    people.filter(|raw| test(raw)).count() as u64
}

#[test]
fn counts_equal_a_naive_recount_of_the_raw_files_also_after_withdrawals() {
    let house = House::showing_everything();
    let Some(mut world) = build(&house, 3) else { return };
    house.ok(&["freeze", "r1"], &[]);
    let mut dice = Dice(17);
    let mut compare = |world: &World, rounds: usize| {
        for round in 0..rounds {
            let (mut words, test) = question(world, &mut dice);
            words.extend(["--by".to_owned(), ["sex", "stratum", "contributor"][round % 3].to_owned()]);
            let answer = asked(&house, &words);
            let people = || world.people.values();
            assert_eq!(answer["total"]["count"].as_u64(), Some(naive(people(), &test)), "{words:?}");
            let mut groups: HashMap<&str, u64> = HashMap::new();
            for raw in people() {
                let group = [raw.sex.as_str(), raw.stratum.as_str(), raw.contributor][round % 3];
                *groups.entry(group).or_default() += u64::from(test(raw));
            }
            let told = answer["groups"].as_object().unwrap();
            assert_eq!(told.len(), groups.len());
            for (name, count) in groups {
                assert_eq!(told[name]["count"].as_u64(), Some(count), "{words:?} {name}");
            }
        }
    };
    compare(&world, 60);
    let by_samples = asked(&house, &["--entity".to_owned(), "biosamples".to_owned()]);
    assert_eq!(by_samples["total"]["count"], 3202);

    // A withdrawal holds at once, before any repair is looked at.
    let leaving: Vec<String> = world.people.keys().step_by(160).cloned().collect();
    let participants: Vec<String> = leaving.iter().map(|name| format!("P-{name}")).collect();
    let words: Vec<&str> =
        std::iter::once("withdraw").chain(participants.iter().map(String::as_str)).collect();
    let tables = fs::read_to_string(house.beside("jpt-centre.terms.tsv")).unwrap()
        + &fs::read_to_string(house.beside("west-hospital.terms.tsv")).unwrap();
    let onsets: Vec<String> = tables
        .lines()
        .filter(|line| participants.iter().any(|name| line.starts_with(&format!("{name}\t"))))
        .map(|line| line.rsplit('\t').next().unwrap().to_owned())
        .collect();
    assert!(onsets.len() > 5 && (house.server().is_some() || holds(&house, &onsets[0])));
    house.ok(&words, &[]);
    leaving.iter().for_each(|name| drop(world.people.remove(name)));
    compare(&world, 20);
    if house.server().is_none() {
        assert!(onsets.iter().all(|onset| !holds(&house, onset)), "a byte of who left stays");
    }
    house.ok(&["verify"], &[]);
}

/// Whether the registry's file or its log holds a text.
fn holds(house: &House, text: &str) -> bool {
    ["registry.sqlite", "registry.sqlite-wal"].iter().any(|name| {
        let bytes = fs::read(house.dir().join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn small_counts_are_hidden_and_told_ones_lie_near_the_truth() {
    let house = House::new();
    let Some(world) = build(&house, 4) else { return };
    house.ok(&["freeze", "r1"], &[]);
    let mut dice = Dice(23);
    let (mut told, mut hidden) = (0, 0);
    for _ in 0..60 {
        let (words, test) = question(&world, &mut dice);
        let answer = asked(&house, &words);
        let truth = naive(world.people.values(), &test);
        match answer["total"]["count"].as_u64() {
            Some(count) => {
                told += 1;
                assert!(truth > 10 && count % 10 == 0, "{words:?}: {count} of {truth}");
                if answer["total"]["widened"] == false {
                    assert!(count.abs_diff(truth) < 10, "{words:?}: {count} of {truth}");
                } else {
                    assert!(count + 9 >= truth, "{words:?}: {count} of {truth}");
                }
                // The same question has the same answer.
                assert_eq!(asked(&house, &words)["total"]["count"], answer["total"]["count"]);
            }
            None => {
                hidden += 1;
                assert!(truth < 20, "{words:?}: {truth} people are hidden");
            }
        }
    }
    assert!(told > 10 && hidden > 5, "{told} told, {hidden} hidden");
    // The log tells what was asked and how many counts were hidden, never a count.
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("people ") && !log.contains("P-HG") && !log.contains("P-NA"), "{log}");

    let server = house.serve();
    let token = house.token("academic");
    let path = format!("/api/people?freeze=r1&terms={}&sex=female&by=contributor", id(0));
    let reply = http::get(&server.address, &path, Some(&token));
    let words = ["--term", &id(0), "--sex", "female", "--by", "contributor"].map(str::to_owned);
    assert_eq!((reply.status, reply.json()), (200, asked(&house, &words)));
    assert_eq!(http::get(&server.address, &path, None).status, 401);
    let bad = http::get(&server.address, "/api/people?freeze=r1&terms=HP:9999999", Some(&token));
    assert_eq!(bad.status, 400, "{}", bad.body);
    let terms = house
        .json(&["people", "terms", "--freeze", "r1", "--as", "academic", "--purpose", "GRU", "--json"], &[]);
    assert_eq!(terms.as_array().unwrap().len(), ABOVE.len(), "{terms}");
}

#[test]
fn phenotypes_are_taken_whole_or_not_at_all_and_a_later_file_stands_for_an_earlier_one() {
    let house = House::new();
    let write = |name: &str, text: &str| -> PathBuf {
        let file = house.beside(name);
        fs::write(&file, text).unwrap();
        file
    };
    let sheet = crate::cohort::header()
        + "S1\tP1\tmale\t\t\t\tHondo\tresearch\t\nS2\tP2\tfemale\t\t\t\tHondo\tresearch\t\n";
    house.ok(&["import-samples", "--institution", "centre"], &[&write("sheet.tsv", &sheet)]);
    let import = ["import-phenotypes", "--institution", "centre", "--json"];
    let table = write("one.tsv", "participant\tterm\tstatus\nP1\tHP:0000001\t\nP1\tHP:0000002\texcluded\n");
    let (_, errors) = house.fails(1, &import, &[&table]);
    assert!(errors.contains("line 2: no vocabulary of `HP` is loaded"), "{errors}");
    house.ok(&["ontology", "load", "HP"], &[&write("hp.obo", &obo())]);

    let bad = "participant\tterm\tstatus\tonset\tday\nP1\tHP:0000100\t\t\t\nTARO YAMADA\tHP:0000001\n\
        P1\tHP:7777777\nP2\tHP:0000001\tmaybe\tsoon\t23.11.2026\nP1\tHP:0000001\nP1\tHP:0000001\texcluded\n";
    let (_, errors) = house.fails(1, &import, &[&write("bad.tsv", bad)]);
    for told in [
        "line 2: `HP:0000100` was replaced; write `HP:0000001`",
        "line 3, column `participant`",
        "line 4: `HP:7777777` is not a term",
        "line 5, column `status`: expected observed or excluded",
        "line 5, column `onset`",
        "line 5, column `day`",
        "line 7: says of this term that it was excluded, line 6 the opposite",
    ] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
    assert!(!errors.contains("TARO"), "{errors}");
    let stranger = write("stranger.tsv", "participant\tterm\nP9\tHP:0000001\n");
    let (_, errors) = house.fails(1, &import, &[&stranger]);
    assert!(errors.contains("line 2: is no participant of this institution"), "{errors}");

    let numbers =
        |report: &Value| ["added", "replaced", "unchanged", "terms"].map(|k| report[k].as_u64().unwrap());
    assert_eq!(numbers(&house.json(&import, &[&table])), [1, 0, 0, 2]);
    assert_eq!(numbers(&house.json(&import, &[&table])), [0, 0, 1, 0]);
    let packets = r#"[{"id":"a","subject":{"id":"P1","sex":"MALE"},"phenotypicFeatures":[
        {"type":{"id":"HP:0000004","label":"x"},"onset":{"age":{"iso8601duration":"P2M"}}}],
        "metaData":{"created":"2026-11-23T00:00:00Z"}},{"id":"b","subject":{"id":"P2"},
        "diseases":[{"term":{"id":"HP:0000006","label":"y"},"excluded":true}]}]"#;
    assert_eq!(numbers(&house.json(&import, &[&write("p.json", packets)])), [1, 1, 0, 2]);
    assert_eq!(
        numbers(&house.json(&import, &[&write("none.tsv", "participant\tterm\nP1\t\n")])),
        [0, 1, 0, 0]
    );
    let broken = write("broken.json", "{\"subject\":{\"id\":\"TARO\"},\"phenotypicFeatures\":[{}]}");
    let (_, errors) = house.fails(1, &import, &[&broken]);
    assert!(errors.contains("expected a phenopacket of version 2") && !errors.contains("TARO"), "{errors}");
    // Only whoever may do so for the institution.
    house.fails(3, &[&import[..], &["--as", "academic"]].concat(), &[&table]);
}
