"""Answers over HTTP from made-up panels of any size: how many a second, how long each takes, what the server costs."""

import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess

# A stretch of the made-up panel's first chromosome, where it is denser than any gene.
RANGE_BASES = 100_000
CONNECTIONS = 8


def panel(gj, bench, folder, variants, people):
    """A data directory with one release made of a made-up panel; its variants, some of them."""
    data, sample = folder / "data", folder / "variants"
    if not sample.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([gj, "init", "--data", data], check=True, stdout=subprocess.DEVNULL)
        command = [bench, "panel", data, folder / "variants.part", "--variants", str(variants), "--people", str(people),
                   "--one-in", str(max(1, variants // 200_000))]
        made = subprocess.check_output(command, text=True).split()
        with sqlite3.connect(data / "registry.sqlite") as rows:
            rows.execute("INSERT INTO freezes (name, panel_id, first_panel_id, digest, created_at, people_count, variant_count, stale,"
                         " assignment, consents_frozen, consents_counted) VALUES ('f1', ?, ?, ?, '2026-01-01T00:00:00Z', ?, ?, 0, '', 0, 0)",
                         (made[0], made[0], made[1], int(made[2]), int(made[3])))
        (folder / "variants.part").rename(sample)
    with sqlite3.connect(data / "registry.sqlite") as rows:
        # Every run finds a release of which nobody was shown anything.
        for table in ["exposure_places", "exposure_sites"]:
            rows.execute(f"DELETE FROM {table}")
        rows.execute("UPDATE revisions SET shown = shown + 1")
    return data, sample.read_text().split()


def genes(gj, data, spans):
    """Gives the release genes where RefSeq Select has them, each with ten made-up exons; returns their names."""
    file, names = data.parent / "genes.gff3", []
    with file.open("w") as out:
        print("##gff-version 3", file=out)
        for line in spans.read_text().splitlines():
            name, contig, start, end, symbol = line.split("\t")[:5]
            start, end = int(start) + 1, int(end)
            if "_" in contig or contig in ("chrX", "chrY", "chrM") or end - start < 3_000 or symbol in names[-50:]:
                continue
            names.append(symbol)
            row = lambda kind, first, last, phase, attributes: print(contig, "made-up", kind, first, last, ".", "+", phase, attributes, sep="\t", file=out)
            row("gene", start, end, ".", f"ID=gene:{symbol};Name={symbol};biotype=protein_coding;gene_id={symbol}")
            row("mRNA", start, end, ".", f"ID=transcript:{name};Parent=gene:{symbol};biotype=protein_coding;transcript_id={name};tag=RefSeq_Select")
            for exon in range(10):
                first = start + (end - start - 150) * exon // 9
                for kind, phase in [("exon", "."), ("CDS", "0")]:
                    row(kind, first, first + 149, phase, f"Parent=transcript:{name}")
    if not (data.parent / "annotated").exists():
        subprocess.run([gj, "annotation", "load", "--data", data, "--version", "1", "--source", "made up", "--licence", "none",
                        "genes", "made-up", file], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([gj, "annotation", "layer", "--data", data, "f1"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (data.parent / "annotated").touch()
    return names


class Server:
    def __init__(self, gj, data):
        self.process = subprocess.Popen([gj, "serve", "--data", data, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        self.address = re.search(r"http://([^/]+)/", self.process.stderr.readline()).group(1)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) // 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def paths(variants, genes, dice):
    """What is asked, by kind."""
    hot = dice.sample(variants, 1_000)
    # A thousand variants asked by Zipf's law, and as many questions about any variant.
    weights = [1 / (rank + 1) for rank in range(len(hot))]
    zipf = dice.choices(hot, weights, k=50_000)
    cold = dice.choices(variants, k=50_000)
    point = lambda v: f"/api/frequency?freeze=f1&variant={v}&by=stratum"
    mixed = [point(v) for pair in zip(zipf, cold) for v in pair]

    def around(variant, bases):
        contig, position = variant.split("-")[:2]
        return f"{contig}:{position}-{int(position) + bases - 1}"

    regions = [around(v, RANGE_BASES) for v in dice.sample(variants, 2_000)]
    beacon = "/api/beacon/v2/g_variants?referenceName={}&start={}&referenceBases={}&alternateBases={}&datasets=f1"
    as_beacon = lambda c, p, r, a: beacon.format(c, int(p) - 1, r, a)
    return {
        "half any variant, half by Zipf's law, a server just started@16": mixed,
        "any variant@8": [point(v) for v in cold[:16_000]],
        "any variant@16": [point(v) for v in cold[16_000:]],
        "any variant@32": [point(v) for v in dice.choices(variants, k=80_000)],
        "half and half again, most places on record@16": mixed,
        "one variant@16": [point(hot[0])],
        "100 kb": [f"/api/frequency?freeze=f1&region={r}" for r in regions],
        "Beacon, any variant": [as_beacon(*v.split("-")) for v in cold],
        "page of a variant": [f"/variant/f1/{v}?by=stratum" for v in cold],
        "page of 50 kb": [f"/region/f1/{around(v, RANGE_BASES // 2)}" for v in dice.sample(variants, 2_000)],
        "page of a gene": [f"/gene/f1/{symbol}" for symbol in dice.sample(genes, min(2_000, len(genes)))],
    }


def ask(server, load, folder, token, questions, seconds):
    """Asks each kind of question for some seconds; prints a line of a table for each. A label may end in `@connections`."""
    print("| question | connections | answers a second | p50 ms | p99 ms | most ms | server's CPU µs each | bytes | failed |\n" + "|---" * 9 + "|")
    for label, asked in questions.items():
        label, _, connections = label.partition("@")
        connections = connections or str(CONNECTIONS)
        file = folder / "paths"
        file.write_text("\n".join(asked))
        before = server.cpu()
        made = subprocess.check_output([load, "http", server.address, file, "--token", token, "--connections", connections,
                                        "--seconds", str(seconds)], text=True).split("\t")
        count, rate, p50, p99, most, size_each, failed = (int(float(number)) for number in made)
        each = (server.cpu() - before) * 1e6 / max(1, count)
        print(f"| {label} | {connections} | {rate:,} | {p50 / 1e3:.2f} | {p99 / 1e3:.2f} | {most / 1e3:.1f} | {each:.0f} | {size_each:,} | {failed} |", flush=True)


def conditions():
    return f"Connections are kept open; server and load share {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def people(gj, load, data, sites, terms, seconds=8):
    """Counts of people of the newest release: variants by phenotypes, sex and stratum at once."""
    token = subprocess.check_output([gj, "user", "token", "--data", data, "academic"], text=True, stderr=subprocess.DEVNULL).strip()
    dice = random.Random(9)
    some = lambda: (dice.choice(sites), dice.choice(terms[:200]), dice.choice(["female", "male"]))
    base = "/api/people?freeze=r1"
    asked = [some() for _ in range(5_000)]
    print(conditions())
    server = Server(gj, data)
    try:
        ask(server, load, data.parent, token, {
            "the first (people, genotypes and terms are read)": [base + "&sex=female"],
            "a term with its kinds": [f"{base}&terms={t}" for _, t, _ in asked],
            "variant, term and sex": [f"{base}&variant={v}&terms={t}&sex={s}" for v, t, s in asked],
            "the same by stratum": [f"{base}&variant={v}&terms={t}&sex={s}&by=stratum" for v, t, s in asked],
        }, seconds)
        print(f"\nMost memory of the server: {server.peak_mib()} MiB.")
    finally:
        server.stop()


def bench(gj, load, work, shared, sizes, python, seconds=8):
    print(conditions())
    for size in sizes:
        variants, people = (int(float(number)) for number in size.split("x"))
        folder = pathlib.Path(work) / f"panel-{size}"
        data, sample = panel(gj, load, folder, variants, people)
        named = genes(gj, data, shared / "data/annotation/gene_models/ncbiRefSeqSelect.hg38.txt")
        token = subprocess.check_output([gj, "user", "token", "--data", data, "academic"], text=True, stderr=subprocess.DEVNULL).strip()
        server = Server(gj, data)
        print(f"\n### {variants:,} variants, {people:,} people\n")
        try:
            ask(server, load, folder, token, paths(sample, named, random.Random(7)), seconds)
            print(f"\nMost memory of the server: {server.peak_mib()} MiB.")
        finally:
            server.stop()
        if variants <= 1_000_000:
            peers(gj, folder, python)


# Of one thing many: seconds a lookup in a process that stays, by the means most people have.
IN_PROCESS = {
    "cyvcf2 (htslib) on sites.vcf.gz": """
import cyvcf2, sys, time
vcf, asked = cyvcf2.VCF(sys.argv[1]), [line.split('-') for line in open(sys.argv[3]).read().split()][:2000]
began = time.process_time()
for contig, position, reference, alternate in asked:
    assert any(v.REF == reference and v.ALT == [alternate] for v in vcf(f'{contig}:{position}-{position}'))
print((time.process_time() - began) / len(asked))
""",
    "DuckDB on sites.parquet": """
import duckdb, sys, time
base, asked = duckdb.connect(), [line.split('-') for line in open(sys.argv[3]).read().split()][:100]
began = time.process_time()
for contig, position, reference, alternate in asked:
    rows = base.execute(f"select * from read_parquet('{sys.argv[2]}') where contig = ? and position = ? and reference = ? and alternate = ?",
                        [contig, int(position), reference, alternate]).fetchall()
    assert len(rows) == 1
print((time.process_time() - began) / len(asked))
""",
}


def peers(gj, folder, python):
    """The same variants looked up in the release's own files by others: CPU a lookup, nobody asked for leave."""
    data, vcf, table = folder / "data", folder / "sites.vcf.gz", folder / "sites.parquet"
    for file in [vcf, pathlib.Path(f"{vcf}.tbi"), table]:
        if not file.exists():
            before = os.times()
            subprocess.run([gj, "download", "--data", data, "--freeze", "f1", "--as", "academic", "--purpose", "GRU", "--file", file.name,
                            "--out", file], check=True, stderr=subprocess.DEVNULL)
            cpu = sum(os.times()[2:4]) - sum(before[2:4])
            print(f"\n`gj download` of {file.name}: {cpu:.1f} CPU s, {file.stat().st_size:,} bytes.")
    print("\n| a variant by another's hand | CPU ms |\n|---|---|")
    variant = (folder / "variants").read_text().split()[1234]
    contig, position = variant.split("-")[:2]
    for command in [["bcftools", "view", "-H", "-r", f"{contig}:{position}", vcf], ["tabix", vcf, f"{contig}:{position}-{position}"]]:
        before = os.times()
        for _ in range(20):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"| {command[0]}, a process | {(sum(os.times()[2:4]) - sum(before[2:4])) / 20 * 1e3:.1f} |")
    for label, script in IN_PROCESS.items():
        done = subprocess.run([python, "-c", script, vcf, table, folder / "variants"], capture_output=True, text=True)
        print(f"| {label}, a process that stays | {float(done.stdout) * 1e3:.2f} |" if done.returncode == 0 else f"| {label} | not installed |")
