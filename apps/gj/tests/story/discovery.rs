//! Discovery in a real browser, in both languages: from a name in the search box to the gene, its variants, one
//! of them, other releases, the data behind it and the files.

use crate::chromium::Chromium;
use crate::chromium::person::Person;
use crate::house::{House, has};
use crate::life_cycle::{enter, set_password};
use std::path::{Path, PathBuf};

const SEARCH: &str = "バリアント・遺伝子・領域・疾患を検索";

/// The demonstration's own people, genes, reference and panel.
fn bundled(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(file)
}

fn ready() -> House {
    let house = House::new();
    for id in ["biobank-minato", "ncc-hikari", "tohoku-kita", "ryukyu-umi"] {
        let (sheet, genomes) = (bundled(&format!("{id}.samples.tsv")), bundled(&format!("{id}.vcf.gz")));
        house.ok(&["import-samples", "--institution", id], &[&sheet]);
        house.ok(&["ingest", "--institution", id], &[&genomes]);
    }
    let of = ["--version", "1", "--source", "made up", "--licence", "CC0"];
    for (kind, name, file) in [
        ("reference", "reference", "reference.fa.gz"),
        ("genes", "genes", "genes.gff3"),
        ("frequencies", "panel", "panel.vcf.gz"),
    ] {
        house.ok(&[&["annotation", "load", kind, name][..], &of].concat(), &[&bundled(file)]);
    }
    let clinvar = house.beside("clinvar.vcf");
    std::fs::write(&clinvar, CLINVAR).unwrap();
    house.ok(&[&["annotation", "load", "variants", "clinvar"][..], &of].concat(), &[&clinvar]);
    house.ok(&["freeze", "r1"], &[]);
    house.ok(&["freeze", "r2"], &[]);
    let obo = house.beside("mondo.obo");
    std::fs::write(&obo, MONDO).unwrap();
    house.ok(&["ontology", "load", "MONDO"], &[&obo]);
    house
}

const CLINVAR: &str = "##fileformat=VCFv4.1
##reference=GRCh38
##INFO=<ID=CLNSIG,Number=.,Type=String,Description=\"Significance\">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description=\"Review status\">
##INFO=<ID=CLNDN,Number=.,Type=String,Description=\"Condition\">
##INFO=<ID=RS,Number=.,Type=String,Description=\"dbSNP\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
22\t42127941\t16891\tG\tA\t.\t.\tCLNSIG=drug_response;CLNREVSTAT=reviewed_by_expert_panel;CLNDN=Deutetetrabenazine_response;RS=16947
";
const MONDO: &str = "format-version: 1.2
data-version: 1

[Term]
id: MONDO:0007191
name: Behcet disease
synonym: \"ベーチェット病\" EXACT []
";

#[test]
fn from_a_name_to_a_file_in_a_browser() {
    if !has("chromium") {
        return;
    }
    let house = ready();
    set_password(&house, "academic");
    let server = house.serve();
    let browser = Chromium::start();
    let mut person = enter(&browser, &server.address, "academic");

    // A gene, in full-width letters.
    person.go("/");
    search(&person, "ＣＹＰ２Ｄ６");
    person.sees("遺伝子 CYP2D6");
    person.sees("まれなバリアントの合計");
    person.look_in_both("gene");
    person.unfold("絞り込みと列");
    person.fill("影響の種類", "機能喪失・タンパク質の変化");
    person.fill("転写産物 HGVS", "yes");
    person.click("表示する");
    person.sees("ミスセンス");
    person.sees_no("イントロン");
    person.look_in_both("gene-chosen");

    // One of its variants, by its number in dbSNP.
    person.go("/search");
    search(&person, "rs16947");
    assert_eq!(person.path(), "/variant/r2/chr22-42127941-G-A");
    for words in ["集団別", "提供機関別", "性別", "FAF 95 %", "CYP2D6", "drug response", "ほかの集団との比較"]
    {
        person.sees(words);
    }
    person.look_in_both("variant");
    person.click("すべてのリリースでの頻度を表示");
    person.sees("r1");
    person.look_in_both("history");

    // A place in it that nobody varies at, and a whole region.
    person.go("/variant/r2/chr22-42127942-C-T");
    person.sees("この位置は調べられていますか");
    person.look_in_both("absent");
    person.go("/region/r2/chr22:42126000-42131000");
    person.sees("CYP2D6");
    person.look_in_both("region");

    // What has several meanings is listed, what has none is told so.
    person.go("/search");
    search(&person, "ベーチェット病");
    person.sees("MONDO:0007191");
    person.sees("一致した名前");
    person.look_in_both("disease");
    search(&person, "存在しない遺伝子");
    person.sees("見つかりませんでした");
    person.look_in_both("nothing");
    person.go("/gene/r2/NOSUCHGENE");
    person.look_in_both("no-gene");

    // The data behind it, and the files.
    person.click("データ");
    person.sees("biobank-minato");
    person.look_in_both("datasets");
    person.click("ダウンロード");
    person.sees("sites.vcf.gz");
    person.look_in_both("downloads");
    browser.kept_to(&server.address);
}

fn search(person: &Person, text: &str) {
    person.fill(SEARCH, text);
    person.click("検索");
}
