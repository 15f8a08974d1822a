//! The header that VCF text and BCF share.

use crate::Heading;
use gj_model::Contig;
use std::fmt::Write;

/// Header lines, `#CHROM` included. The order of definitions is BCF's dictionary: `PASS` is 0, then
/// AC, AN, GT; contigs in karyotype order.
pub(crate) fn text(heading: &Heading) -> String {
    let mut out = String::from("##fileformat=VCFv4.3\n");
    out.push_str("##FILTER=<ID=PASS,Description=\"All filters passed\">\n");
    out.push_str(concat!("##source=gj ", env!("CARGO_PKG_VERSION"), "\n##reference=GRCh38\n"));
    for (key, value) in &heading.notes {
        line(&mut out, format_args!("##{key}={value}"));
    }
    for contig in Contig::all() {
        line(&mut out, format_args!("##contig=<ID={contig},length={},assembly=GRCh38>", contig.length()));
    }
    for (id, number, what) in [
        ("AC", "A", "Alternate alleles among the genotypes of this file"),
        ("AN", "1", "Called alleles among the genotypes of this file"),
    ] {
        line(&mut out, format_args!("##INFO=<ID={id},Number={number},Type=Integer,Description=\"{what}\">"));
    }
    out.push_str("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n");
    out.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT");
    for column in &heading.columns {
        out.push('\t');
        out.push_str(&column.name);
    }
    out.push('\n');
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}
