//! Writes what each variant of a plain VCF does: `annotate GENES.gff3 REFERENCE.fa VARIANTS.vcf`. For looking
//! and for measuring; the commands of `gj` are elsewhere.

use gj_annotation::{Annotator, Edit, GeneModels, Stretch, hgvs};
use std::io::{BufWriter, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [genes, fasta, variants] = &files[..] else { return Err("three files are needed".into()) };
    let models = GeneModels::from_gff3(genes, &std::fs::read(genes)?)?;
    let fasta = std::fs::read_to_string(fasta)?;
    let (heading, bases) = fasta.split_once('\n').ok_or("the FASTA file has one line")?;
    let name = heading.trim_start_matches('>').split_whitespace().next().ok_or("the sequence has no name")?;
    let bases: Vec<u8> = bases.bytes().filter(|base| base.is_ascii_alphabetic()).collect();
    let reference = Stretch::new(name.parse()?, 1, &bases);
    let mut annotator = Annotator::new(&models, &reference);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::fs::read_to_string(variants)?.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().ok_or("a line has fewer than five columns");
        let (contig, position, _, from, to) = (field()?, field()?, field()?, field()?, field()?);
        let variant = format!("{contig}-{position}-{from}-{to}").parse()?;
        for found in annotator.annotate(&variant) {
            let coding = hgvs::on_transcript(found.transcript, &Edit::of(&variant), &reference);
            let coding = coding.map_or(String::from("."), |name| name.to_string());
            let protein = found.hgvs_protein().unwrap_or_else(|| String::from("."));
            writeln!(out, "{variant}\t{}\t{coding}\t{protein}", found.consequences)?;
        }
    }
    Ok(())
}
