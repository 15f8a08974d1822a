//! A release keeps the sets it was made with; what comes later is another layer of it.

use crate::files::{World, text};
use gj_gate::acts::annotation::AnnotationKind::Variants;
use gj_gate::acts::submit::{SubmitRequest, Unconsented};
use gj_gate::{Gate, GateError};
use gj_model::FreezeName;
use std::sync::Arc;

const SHEET: &str = "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases\n";

fn clinvar(significance: &str) -> String {
    format!(
        "##fileformat=VCFv4.1\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
         2\t100\t77\tA\tC\t.\t.\tCLNSIG={significance};CLNREVSTAT=no_assertion;CLNDN=A_disease;RS=5\n"
    )
}

async fn with_genomes(world: &World) {
    let (gate, institution) = (&world.gate, "biobank-minato".parse().unwrap());
    let row = |p: usize| format!("S{p}\tP{p}\tfemale\t\t\t\tHondo\tresearch\t\n");
    let sheet = SHEET.to_owned() + &(0..12).map(row).collect::<String>();
    gate.import_samples(&world.manager(), &institution, "sheet.tsv", sheet.as_bytes()).await.unwrap();
    let (names, calls): (String, String) = (0..12).map(|p| (format!("\tS{p}"), "\t0/1")).unzip();
    let file = world.folder.path().join("a.vcf");
    let vcf = format!(
        "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n##contig=<ID=chr2>\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\nchr2\t100\t.\tA\tC\t.\tPASS\t.\tGT{calls}\n"
    );
    std::fs::write(&file, vcf).unwrap();
    let (files, floor) = (vec![file], Default::default());
    let unconsented = Unconsented::Refuse;
    let request = SubmitRequest { institution, files, reference: None, floor, unconsented };
    gate.submit(&world.manager(), request, Arc::new(())).await.unwrap();
}

async fn significance(gate: &Gate, freeze: &FreezeName, layer: Option<i64>) -> String {
    let layer = match layer {
        Some(number) => gate.annotations_at(freeze, number).await.unwrap(),
        None => gate.annotations(freeze).await.unwrap(),
    };
    let known = layer.known(&"chr2-100-A-C".parse().unwrap()).unwrap();
    known.clinvar.first().map_or(String::new(), |card| card.significance.clone())
}

#[tokio::test]
async fn a_new_version_is_a_new_layer_and_the_release_stays() {
    let world = World::new().await;
    with_genomes(&world).await;
    let (gate, manager) = (&world.gate, world.manager());
    let [r1, r2]: [FreezeName; 2] = ["r1", "r2"].map(|name| name.parse().unwrap());
    let load = |version: &'static str, content: String| {
        world.load(text(Variants, "clinvar", version, "clinvar.vcf", &content))
    };
    assert!(load("1", clinvar("Benign")).await.fresh);
    assert!(!load("1", clinvar("Benign")).await.fresh);
    let told = world.refuses(text(Variants, "clinvar", "1", "clinvar.vcf", &clinvar("Pathogenic"))).await;
    assert!(told.contains("was loaded on 2026-11-23 with another content"), "{told}");
    let made = gate.freeze(&manager, &r1).await.unwrap();
    assert_eq!(significance(gate, &r1, None).await, "Benign");
    load("2", clinvar("Pathogenic")).await;
    assert_eq!(significance(gate, &r1, None).await, "Benign");
    let layer = gate.add_annotation_layer(&manager, &r1, &[]).await.unwrap().unwrap();
    assert_eq!((layer.number, layer.sets.len()), (2, 1));
    assert!(gate.add_annotation_layer(&manager, &r1, &[]).await.unwrap().is_none());
    assert_eq!(significance(gate, &r1, None).await, "Pathogenic");
    assert_eq!(significance(gate, &r1, Some(1)).await, "Benign");
    let missing = gate.annotations_at(&r1, 3).await;
    assert!(matches!(missing, Err(GateError::Annotation(what)) if what.contains("has no layer 3")));
    // Back to an older version by name, as a third layer.
    let with = ["clinvar@1".to_owned()];
    assert_eq!(gate.add_annotation_layer(&manager, &r1, &with).await.unwrap().unwrap().number, 3);
    assert_eq!(significance(gate, &r1, None).await, "Benign");
    for (with, expected) in [
        (vec!["clinvar@9".to_owned()], "no set `clinvar@9` is loaded"),
        (vec!["clinvar@1".to_owned(), "clinvar".to_owned()], "named in two versions"),
    ] {
        let told = gate.add_annotation_layer(&manager, &r1, &with).await.unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
    // The same people and genotypes are the same release, whatever it is annotated with.
    let again = gate.freeze(&manager, &r2).await.unwrap();
    assert_eq!(again.digest, made.digest);
    assert_eq!(significance(gate, &r2, None).await, "Pathogenic");
    // Sets that layers name survive a sweep; a damaged one is found.
    gate.repair().await.unwrap();
    assert_eq!(significance(gate, &r1, Some(1)).await, "Benign");
    assert_eq!(gate.verify().await.unwrap().annotation_sets, 2);
    let nobody = gate.local(&"academic".parse().unwrap());
    let refused = gate.add_annotation_layer(&nobody, &r1, &[]).await;
    assert!(matches!(refused, Err(GateError::Refused(_))));
    let set = &gate.annotation_sets().await.unwrap()[0];
    let file = world.folder.path().join("data/annotations").join(set.id.as_str()).join("known.parquet");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let damaged = gate.verify().await.unwrap_err().to_string();
    assert!(damaged.contains("known.parquet") && damaged.contains("damaged"), "{damaged}");
}
