#!/usr/bin/env python3
"""Make the gene models and the reference of the demo cohort.

    python genes.py --exons hg38_exons.bed.gz --cohort apps/gj/demo

writes `genes.gff3`, `reference.fa.gz` and `panel.vcf.gz` beside the cohort.

Gene models are facts about GRCh38: exons of the MANE Select transcripts (Ensembl, through the table given with --exons),
and one known coding name per gene that says where its coding sequence begins (ANCHORS). Mitochondrial genes are those of
the revised Cambridge sequence (NC_012920.1).

THE REFERENCE IS INVENTED, as all bases of the demo cohort are. It has the cohort's REF alleles at its sites, and between
them random bases, drawn so that genes read well: no stop within a coding sequence, an ATG where it begins, GT and AG beside
exons, wherever the cohort leaves a choice.

THE PANEL IS INVENTED, too: 50,000 alleles of "EAS" and 70,000 of "NFE", with frequencies drawn around the cohort's own, so that
pages have something to compare with. Only the rs numbers of the well-known variants are real.
"""
import argparse, gzip, random, subprocess
from pathlib import Path
from make import CONTIGS, REGIONS, SEED

# Transcript, gene id, strand, coding name: number in `c.` and its position, length of the coding sequence with its stop.
ANCHORS = {
    "CYP2C19": ("ENST00000371321.9", "ENSG00000165841", "+", 681, 94781859, 1473),   # rs4244285 c.681G>A
    "HBB": ("ENST00000335295.4", "ENSG00000244734", "-", 20, 5227002, 444),          # rs334 c.20A>T
    "SLCO1B1": ("ENST00000256958.3", "ENSG00000134538", "+", 521, 21178615, 2076),   # rs4149056 c.521T>C
    "ALDH2": ("ENST00000261733.7", "ENSG00000111275", "+", 1510, 111803962, 1554),   # rs671 c.1510G>A
    "BRCA2": ("ENST00000380152.8", "ENSG00000139618", "+", 1, 32316461, 10257),      # ClinVar's c.1A>G
    "NUDT15": ("ENST00000258662.3", "ENSG00000136159", "+", 415, 48045719, 495),     # rs116855232 c.415C>T
    "VKORC1": ("ENST00000394975.3", "ENSG00000167397", "-", 1, 31094729, 492),       # rs9923231 c.-1639 at 31096368
    "CYP2D6": ("ENST00000645361.2", "ENSG00000100197", "-", 886, 42127941, 1494),    # rs16947 c.886C>T
    "G6PD": ("ENST00000393562.10", "ENSG00000160211", "-", 202, 154536002, 1548),    # rs1050828 c.202G>A
    "SRY": ("ENST00000383070.2", "ENSG00000184895", "-", 1, 2787603, 615),
}
NAMES = {("chr10", 94780653, "G", "A"): "rs4986893", ("chr10", 94781859, "G", "A"): "rs4244285",
         ("chr12", 21178615, "T", "C"): "rs4149056", ("chr12", 111803962, "G", "A"): "rs671",
         ("chr13", 48045719, "C", "T"): "rs116855232", ("chr22", 42127941, "G", "A"): "rs16947"}
MITOCHONDRIAL = [("MT-CO1", "ENSG00000198804", "ENST00000361624.2", 5904, 7445),
                 ("MT-ATP6", "ENSG00000198899", "ENST00000361899.2", 8527, 9207),
                 ("MT-ND5", "ENSG00000198786", "ENST00000361567.2", 12337, 14148)]
# Codons of the well-known variants, read on the gene's strand: so that their names are the known ones.
CODONS = {"CYP2C19": {636: "TGG", 681: "CCG"}, "SLCO1B1": {521: "GTG"}, "ALDH2": {1510: "GAA"}, "NUDT15": {415: "CGC"},
          "CYP2D6": {886: "CGC"}}
STOPS, STOPS_MT = {"TAA", "TAG", "TGA"}, {"TAA", "TAG", "AGA", "AGG"}
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def exons(path, transcript):
    """Exons, 1-based and closed, ascending."""
    with gzip.open(path, "rt") as lines:
        fields = (line.rstrip("\n").split("\t") for line in lines)
        return sorted((int(f[1]) + 1, int(f[2])) for f in fields if f[6] == transcript)


def coding(parts, strand, number, position, length):
    """Genomic positions of the coding bases, in the order of reading."""
    bases = [p for start, end in parts for p in range(start, end + 1)]
    if strand == "-":
        bases.reverse()
    first = bases.index(position) - (number - 1)
    assert first >= 0 and first + length <= len(bases), "the coding sequence leaves the transcript"
    return bases[first:first + length]


def spans(positions):
    """Ascending positions as closed spans."""
    positions, found = sorted(positions), []
    for p in positions:
        if found and found[-1][1] == p - 1:
            found[-1][1] = p
        else:
            found.append([p, p])
    return found


def gff_lines(contig, gene, gene_id, transcript, strand, parts, bases, table=None):
    name, version = transcript.split(".")
    start, end = parts[0][0], parts[-1][1]
    line = lambda kind, a, b, phase, attributes: f"{contig}\tdemo\t{kind}\t{a}\t{b}\t.\t{strand}\t{phase}\t{attributes}"
    yield line("gene", start, end, ".", f"ID=gene:{gene_id};Name={gene};biotype=protein_coding;gene_id={gene_id}")
    yield line("mRNA", start, end, ".", f"ID=transcript:{name};Parent=gene:{gene_id};biotype=protein_coding;"
               f"transcript_id={name};version={version};tag=MANE_Select")
    for a, b in parts:
        yield line("exon", a, b, ".", f"Parent=transcript:{name}")
    read = 0
    pieces = spans(bases)
    for a, b in pieces if strand == "+" else reversed(pieces):
        yield line("CDS", a, b, -read % 3, f"ID=CDS:{name};Parent=transcript:{name}")
        read += b - a + 1


def alleles(cohort):
    """REF bases by contig and position, of all sites."""
    fixed = {}
    for vcf in sorted(path for path in cohort.glob("*.vcf.gz") if path.name != "panel.vcf.gz"):
        with gzip.open(vcf, "rt") as lines:
            for line in lines:
                if not line.startswith("#"):
                    contig, position, _, reference = line.split("\t", 4)[:4]
                    for offset, base in enumerate(reference):
                        at = (contig, int(position) + offset)
                        assert fixed.setdefault(at, base) == base, f"two REF bases at {at}"
    return fixed


def frequencies(cohort):
    """Alternate frequency in the cohort by contig, position and alleles, in the order of the files."""
    files = [str(path) for path in sorted(cohort.glob("*.vcf.gz")) if path.name != "panel.vcf.gz"]
    counts = {}
    for path in files:
        with gzip.open(path, "rt") as lines:
            for line in lines:
                if line.startswith("#"):
                    continue
                fields = line.rstrip("\n").split("\t")
                called = [a for f in fields[9:] for a in f.replace("|", "/").split("/") if a != "."]
                for index, alternate in enumerate(fields[4].split(","), 1):
                    key = (fields[0], int(fields[1]), fields[3], alternate)
                    ac, an = counts.get(key, (0, 0))
                    counts[key] = (ac + called.count(str(index)), an + len(called))
    order = {contig: number for number, contig in enumerate(CONTIGS)}
    return {key: counts[key][0] / max(1, counts[key][1]) for key in sorted(counts, key=lambda k: (order[k[0]], *k[1:]))}


def panel(cohort, draw):
    """An invented panel of other people."""
    lines = ["##fileformat=VCFv4.2", "##gjNote=Invented frequencies, for demonstrations only"]
    lines += [f"##contig=<ID={contig},length={length}>" for contig, length in CONTIGS.items()]
    for suffix, words in [("", ""), ("_eas", " among EAS"), ("_nfe", " among NFE")]:
        lines += [f'##INFO=<ID=AC{suffix},Number=A,Type=Integer,Description="Alternate alleles{words}">',
                  f'##INFO=<ID=AN{suffix},Number=1,Type=Integer,Description="Called alleles{words}">',
                  f'##INFO=<ID=nhomalt{suffix},Number=A,Type=Integer,Description="Homozygous people{words}">']
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for (contig, position, reference, alternate), frequency in frequencies(cohort).items():
        name = NAMES.get((contig, position, reference, alternate), ".")
        if draw.random() < 0.15 and name == ".":  # not every site is known elsewhere
            continue
        total, info = [0, 0, 0], ""
        for suffix, an, spread in [("_eas", 50_000, 40), ("_nfe", 70_000, 4)]:
            mean = min(max(frequency, 1e-5), 1 - 1e-5)
            own = draw.betavariate(spread * mean + 1e-3, spread * (1 - mean) + 1e-3)
            ac = round(own * an)
            homozygous = round(own * own * an / 2)
            info += f";AC{suffix}={ac};AN{suffix}={an};nhomalt{suffix}={homozygous}"
            total = [total[0] + ac, total[1] + an, total[2] + homozygous]
        lines.append(f"{contig}\t{position}\t{name}\t{reference}\t{alternate}\t.\tPASS\t"
                     f"AC={total[0]};AN={total[1]};nhomalt={total[2]}{info}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exons", type=Path, required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    arguments = parser.parse_args()
    fixed, draw = alleles(arguments.cohort), random.Random(SEED)
    contig_of = {gene: contig for gene, contig, _, _ in REGIONS}
    models, bases_of = [], {}

    def want(contig, position, base, strand):
        """Sets a base where nothing is set yet; read on its strand."""
        fixed.setdefault((contig, position), base if strand == "+" else base.translate(COMPLEMENT))

    def fill(contig, positions, strand, stops):
        """Draws codons without a stop but the last, as far as the cohort's bases leave a choice."""
        stuck = 0
        for at in range(0, len(positions) - len(positions) % 3, 3):
            codon, last = positions[at:at + 3], at + 3 == len(positions)
            known = [fixed.get((contig, p)) for p in codon]
            known = [base and (base if strand == "+" else base.translate(COMPLEMENT)) for base in known]
            fits = lambda c: all(k in (None, b) for k, b in zip(known, c))
            every = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"]
            choice = [c for c in every if fits(c) and ((c in stops) == last) and (at > 0 or c == "ATG")]
            choice = choice or [c for c in every if fits(c)]
            chosen = draw.choice(choice)
            stuck += (chosen in stops) != last
            for position, base in zip(codon, chosen):
                want(contig, position, base, strand)
        return stuck

    for gene, (transcript, gene_id, strand, number, position, length) in ANCHORS.items():
        contig = contig_of[gene]
        parts = exons(arguments.exons, transcript)
        bases = coding(parts, strand, number, position, length)
        assert length % 3 == 0
        models += gff_lines(contig, gene, gene_id, transcript, strand, parts, bases)
        for number, codon in CODONS.get(gene, {}).items():
            for offset, base in enumerate(codon):
                want(contig, bases[(number - 1) // 3 * 3 + offset], base, strand)
        for (_, end), (start, _) in zip(parts, parts[1:]):  # GT…AG, on the strand of reading
            inner = [end + 1, end + 2, start - 2, start - 1]
            for p, base in zip(inner if strand == "+" else inner[::-1], "GTAG"):
                want(contig, p, base, strand)
        bases_of[gene] = fill(contig, bases, strand, STOPS)
    for gene, gene_id, transcript, start, end in MITOCHONDRIAL:
        positions = list(range(start, end + 1))
        assert len(positions) % 3 == 0
        models += gff_lines("chrM", gene, gene_id, transcript, "+", [(start, end)], positions)
        bases_of[gene] = fill("chrM", positions, "+", STOPS_MT)
    print("codons that the cohort's own bases make a stop, or keep from being one:", bases_of)

    gff = ["##gff-version 3", "#!genome-build GRCh38",
           "# Exons: MANE Select transcripts of Ensembl. Coding sequences: see tools/demo-cohort/genes.py."]
    (arguments.cohort / "genes.gff3").write_text("\n".join(gff + models) + "\n")
    # Regions that touch are one record; flanks so that a gene's ends have neighbours.
    text = []
    for contig, start, end in sorted({(c, max(1, a - 100), b + (0 if c == "chrM" else 100)) for _, c, a, b in REGIONS}):
        sequence = "".join(fixed.get((contig, p)) or draw.choice("ACGT") for p in range(start, end + 1))
        name = contig if contig == "chrM" else f"{contig}:{start}-{end}"
        text.append(f">{name}\n" + "\n".join(sequence[i:i + 60] for i in range(0, len(sequence), 60)) + "\n")
    for name, content in [("reference.fa.gz", "".join(text)), ("panel.vcf.gz", panel(arguments.cohort, draw))]:
        packed = subprocess.run(["bgzip", "-c", "-l", "9"], input=content.encode(), capture_output=True, check=True)
        (arguments.cohort / name).write_bytes(packed.stdout)


if __name__ == "__main__":
    main()
