#!/usr/bin/env python3
"""Make the demo cohort: 2,400 simulated people in four invented institutions.

    python make.py --out apps/gj/demo

writes `<institution>.vcf.gz` (BGZF, GT only, phased) and `<institution>.samples.tsv` for each institution, reads them
back, checks them, and prints a summary. The same seed always gives the same text.

NOTHING HERE IS DATA OF A PERSON. People are simulated with msprime (coalescent with recombination); gene coordinates
and contig lengths are those of GRCh38, but the reference bases and every variant are invented. Six simulated sites
(KNOWN: rs671 and five others) are placed at the positions and alleles of well-known variants so that the demo looks
familiar: their genotypes are those of nobody, their neighbours are not the real ones, and their frequencies are only
near the published ones.

Where the numbers come from ("chosen" = chosen for plausibility, from no source):
  out of Africa, Europe, Continent, split of the Yayoi-like line   Jouganous et al. 2017, Genetics 206:1549, table 4
      (sizes, growth, migration, 29 years a generation, 1.44e-8 mutations; as in stdpopsim's OutOfAfrica_4J17)
  Jomon-like line: size 1,000, split 18,000 years ago               Cooke et al. 2021, Sci. Adv. 7:eabh2419
      (size "~1000", split "20,000 to 15,000 years ago"; the midpoint is chosen)
  mixture: Hondo 13 % Jomon-like, Ryukyu 29 %; all dates, sizes, growth and migration after the mixture    chosen
  mutations a generation: Y 3.0e-8 (Xue et al. 2009, Curr. Biol. 19:1453), mtDNA 1.665e-8 a year (Soares et al. 2009,
      AJHG 84:740) times 29; X 1.2e-8 and recombination 1.2e-8 chosen
  target frequencies of the six placed sites                        see KNOWN
  transition bias (HKY kappa), hot bases, indels, missing genotypes, consents, diseases, families            chosen
"""
import argparse, collections, gzip, itertools, math, subprocess
from dataclasses import dataclass
from pathlib import Path

import msprime
import numpy as np

SEED = 20260401
GENERATION_YEARS = 29
MISSING_SHARE = 0.003
INDEL_SHARE, INDEL_SHARE_MT = 0.065, 0.01
HOT_SHARE, HOT_TIMES = 0.01, 30  # this share of bases (as CpG would) mutates so many times more than the others
CONTIGS = dict(zip([f"chr{c}" for c in [*range(1, 23), "X", "Y", "M"]], [
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
    135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167, 46709983,
    50818468, 156040895, 57227415, 16569]))
REGIONS = [  # gene, contig, first and last base (1-based, inclusive), karyotype order
    ("CYP2C19", "chr10", 94762681, 94855547), ("HBB", "chr11", 5225464, 5227071),
    ("SLCO1B1", "chr12", 21131194, 21239796), ("ALDH2", "chr12", 111766887, 111817532),
    ("BRCA2", "chr13", 32315086, 32400268), ("NUDT15", "chr13", 48037726, 48047221),
    ("VKORC1", "chr16", 31090842, 31095980), ("CYP2D6", "chr22", 42126499, 42130865),
    ("G6PD", "chrX", 154531391, 154547572), ("SRY", "chrY", 2782000, 2791999), ("MT", "chrM", 1, 16569)]
# Well-known variants: position, REF, ALT, and the frequency in Hondo to come near to. A simulated site of the same
# region is moved there. A fraction was counted in the 104 JPT people of the 1000 Genomes Project at 30x; the others
# are chosen (rs671: about a quarter of alleles in Japan).
KNOWN = {"chr10": [(94780653, "G", "A", 15 / 208),    # rs4986893, CYP2C19*3
                   (94781859, "G", "A", 67 / 208)],   # rs4244285, CYP2C19*2
         "chr12": [(21178615, "T", "C", 0.15),        # rs4149056, SLCO1B1
                   (111803962, "G", "A", 0.25)],      # rs671, ALDH2
         "chr13": [(48045719, "C", "T", 14 / 208)],   # rs116855232, NUDT15
         "chr22": [(42127941, "G", "A", 29 / 208)]}   # rs16947, CYP2D6
# Per kind of chromosome: effective size relative to autosomes, mutation and recombination a generation, HKY kappa.
AUTOSOME = (1.0, 1.44e-8, 1.2e-8, 4.2)
KINDS = {"chrX": (0.75, 1.2e-8, 0.8e-8, 4.2), "chrY": (0.25, 3.0e-8, 0.0, 4.2),
         "chrM": (0.25, 1.665e-8 * GENERATION_YEARS, 0.0, 30.0)}

STRATA = {"Hondo": ["Hondo"], "Tohoku": ["Tohoku"], "Ryukyu": ["Ryukyu"], "Overseas": ["Continent", "Europe"]}
POPULATIONS = ["Hondo", "Tohoku", "Ryukyu", "Continent", "Europe"]
STRATUM = {population: stratum for stratum, members in STRATA.items() for population in members}
INSTITUTIONS = {  # founders by population in the order above, then the number of families with children among them
    "biobank-minato": ([639, 66, 49, 46, 19], 35), "ncc-hikari": ([394, 38, 19, 20, 8], 18),
    "tohoku-kita": ([133, 371, 5, 9, 4], 32), "ryukyu-umi": ([89, 9, 340, 15, 6], 18)}
CONSENTS = ["research", "foreign", "company-joint", "company-alone", "specimens", "recontact", "secondary-findings"]
DISEASES = [  # MONDO id, share of women, share of men, times more at the cancer centre
    ("MONDO:0005148", 0.08, 0.13, 1), ("MONDO:0005010", 0.03, 0.06, 1), ("MONDO:0007254", 0.05, 0.001, 6),
    ("MONDO:0005045", 0.004, 0.008, 1), ("MONDO:0005575", 0.015, 0.02, 7), ("MONDO:0001056", 0.012, 0.025, 6),
    ("MONDO:0008383", 0.012, 0.005, 1)]
# type 2 diabetes, coronary artery disease, breast cancer, hypertrophic cardiomyopathy, colorectal cancer,
# gastric cancer, rheumatoid arthritis


@dataclass(eq=False)
class Person:
    institution: str
    population: str
    sex: str
    father: "Person | None" = None
    mother: "Person | None" = None
    family: str = ""
    sample: str = ""
    participant: str = ""
    index: int = -1  # row in every genotype array


def demography(scale):
    """The history of the five sampled populations; `scale` is the effective size relative to autosomes."""
    years = lambda y: round(y / GENERATION_YEARS)
    split, jomon, yayoi = years(46_000), years(18_000), years(9_000)
    d = msprime.Demography()
    def add(name, size, growth=0.0, **more):
        d.add_population(name=name, initial_size=size * scale, growth_rate=growth, **more)
    add("Hondo", 250_000, 0.04, initially_active=True)
    add("Tohoku", 40_000, 0.04)
    add("Ryukyu", 20_000, 0.06)  # about 1,800 at its founding 40 generations ago: the bottleneck
    add("Continent", 1019 * math.exp(0.0026 * split), 0.0026, initially_active=True)
    add("Europe", 2512 * math.exp(0.0016 * split), 0.0016)
    add("Jomon", 1_000, initially_active=True)
    add("Yayoi", 4_384, initially_active=True)
    add("OutOfAfrica", 2_831)
    add("Africa", 23_721, initially_active=True)
    for a, b, rate in [("Hondo", "Tohoku", 5e-3), ("Hondo", "Ryukyu", 1e-3), ("Hondo", "Continent", 3.3e-5),
                       ("Yayoi", "Continent", 3.3e-5), ("Europe", "Continent", 4.75e-5), ("Africa", "Europe", 1.14e-5),
                       ("Africa", "Continent", 0.56e-5)]:
        d.set_symmetric_migration_rate([a, b], rate)
    for time, pair in [(40, ["Hondo", "Ryukyu"]), (80, ["Hondo", "Continent"])]:  # msprime 1.4.4 fails without this
        d.add_symmetric_migration_rate_change(time=time, populations=pair, rate=0)
    d.add_admixture(time=40, derived="Ryukyu", ancestral=["Hondo", "Jomon"], proportions=[0.82, 0.18])
    d.add_population_split(time=60, derived=["Tohoku"], ancestral="Hondo")
    d.add_admixture(time=80, derived="Hondo", ancestral=["Yayoi", "Jomon"], proportions=[0.87, 0.13])
    d.add_population_split(time=yayoi, derived=["Yayoi"], ancestral="Continent")
    d.add_population_split(time=jomon, derived=["Jomon"], ancestral="Continent")
    d.add_population_split(time=split, derived=["Europe", "Continent"], ancestral="OutOfAfrica")
    d.add_symmetric_migration_rate_change(time=split, populations=["Africa", "OutOfAfrica"], rate=16.8e-5)
    d.add_population_split(time=years(119_000), derived=["OutOfAfrica"], ancestral="Africa")
    d.add_population_parameters_change(time=years(357_000), population="Africa", initial_size=11_293 * scale)
    d.sort_events()
    return d


def make_people(rng):
    """Founders and their children, institution by institution; ids are given in column order."""
    people, families, serial = [], itertools.count(1), itertools.count(1)
    for institution, (counts, family_count) in INSTITUTIONS.items():
        founders = [Person(institution, population, rng.choice(["female", "male"]))
                    for population, count in zip(POPULATIONS, counts) for _ in range(count)]
        children = []
        single = {sex: [p for p in founders if p.sex == sex] for sex in ("female", "male")}
        for number in range(family_count):
            mother = single["female"].pop(rng.integers(len(single["female"])))
            father = rng.choice([p for p in single["male"] if p.population == mother.population])
            single["male"].remove(father)
            mother.family = father.family = family = f"F{next(families):04d}"
            for _ in range(2 if number % 6 == 0 else 1):
                sex = rng.choice(["female", "male"])
                children.append(Person(institution, mother.population, sex, father, mother, family))
        members = founders + children
        for place in rng.permutation(len(members)):
            members[place].sample = f"GJD{next(serial):06d}"
            people.append(members[place])
    for index, (person, number) in enumerate(zip(people, rng.permutation(len(people)) + 1)):
        person.index, person.participant = index, f"P{number:06d}"  # on purpose not the sample's number
    return people


def copies(person, contig):
    """How many copies of a contig a person has."""
    male = person.sex == "male"
    return {"chrX": 1 if male else 2, "chrY": 1 if male else 0, "chrM": 1}.get(contig, 2)


def simulate(contig, start, end, people, seed):
    """Positions, allele names, alleles of everyone [site, person, copy] (-2: no such copy) and of the reference."""
    scale, mutation, recombination, kappa = KINDS.get(contig, AUTOSOME)
    founders = sorted((p for p in people if p.father is None), key=lambda p: POPULATIONS.index(p.population))
    samples = [msprime.SampleSet(n, population, ploidy=1) for population in POPULATIONS
               if (n := sum(copies(p, contig) for p in founders if p.population == population))]
    samples.append(msprime.SampleSet(1, "Europe", ploidy=1))  # the reference: a haplotype of nobody in the cohort
    trees = msprime.sim_ancestry(samples, demography=demography(scale), sequence_length=end - start + 1,
                                 recombination_rate=recombination, ploidy=2, random_seed=seed, record_provenance=False)
    rng = np.random.default_rng(seed + 2)
    times = np.where(rng.random(end - start + 1) < HOT_SHARE, HOT_TIMES, 1) / (1 + HOT_SHARE * (HOT_TIMES - 1))
    edges = np.flatnonzero(np.diff(times, prepend=0))  # runs of one rate: msprime is slow with an interval a base
    rates = msprime.RateMap(position=np.append(edges, len(times)), rate=mutation * times[edges])
    trees = msprime.sim_mutations(trees, rate=rates, model=msprime.HKY(kappa), random_seed=seed + 1,
                                  record_provenance=False)
    drawn = trees.genotype_matrix()
    alleles = np.full((trees.num_sites, len(people), 2), -2, np.int8)
    column = itertools.count()
    for person in founders:
        for copy in range(copies(person, contig)):
            alleles[:, person.index, copy] = drawn[:, next(column)]
    for child in (p for p in people if p.father):
        from_father = alleles[:, child.father.index, rng.integers(2) if copies(child.father, contig) == 2 else 0]
        from_mother = alleles[:, child.mother.index, rng.integers(2) if copies(child.mother, contig) == 2 else 0]
        gifts = {"chrX": [from_mother] if child.sex == "male" else [from_father, from_mother],
                 "chrY": [from_father] if child.sex == "male" else [], "chrM": [from_mother]}
        for copy, gift in enumerate(gifts.get(contig, [from_father, from_mother])):
            alleles[:, child.index, copy] = gift
    names = [variant.alleles for variant in trees.variants()]
    return trees.tables.sites.position.astype(int) + start, names, alleles, drawn[:, -1]


def make_records(contig, start, end, people, seed):
    """A list of `(position, ref, alts, alleles [person, copy])`, sorted; -1 is a missing call, -2 a copy not there."""
    positions, names, alleles, reference_allele = simulate(contig, start, end, people, seed)
    rng = np.random.default_rng(seed + 3)
    reference = rng.choice(list("ACGT"), end - start + 1)
    rate = np.minimum(rng.exponential(MISSING_SHARE, len(positions)), 0.03)
    missing = rng.random(alleles.shape[:2]) < rate[:, None]
    alleles[missing & (alleles[:, :, 0] >= 0)] = [-1, -1]
    alleles[(alleles == -1) & (np.array([copies(p, contig) for p in people]) < 2)[:, None] & [False, True]] = -2
    sites, records, derived = [], [], set()  # derived: the positions whose ALT is the newer allele
    for position, name, row, ref in zip(positions, names, alleles, reference_allele):
        reference[position - start] = name[ref]
        count = np.bincount(row[row >= 0], minlength=len(name))
        alts = sorted((a for a in range(len(name)) if a != ref and count[a]), key=lambda a: -count[a])
        if alts:
            order = np.array([([ref] + alts).index(a) if a in (ref, *alts) else 0 for a in range(len(name))] + [-2, -1])
            derived |= {int(position)} if ref == 0 else set()
            sites.append((int(position), [name[a] for a in alts], order[row]))  # -2 and -1 index the last two entries
    for (position, alts, row), following in zip(sites, [s[0] for s in sites[1:]] + [end]):
        ref = reference[position - start]
        share = INDEL_SHARE_MT if contig == "chrM" else INDEL_SHARE
        if len(alts) == 1 and following - position > 5 and rng.random() < share:
            ref, alts = make_indel(reference[position - start:position - start + 5], rng)
        elif len(alts) > 1 and rng.random() < 0.25:  # a base change and an insertion in one record
            alts[-1] = make_insertion(ref, rng)
        records.append((position, ref, alts, row))
    hondo = np.array([STRATUM[p.population] == "Hondo" for p in people])
    for known in KNOWN.get(contig, []):
        if start <= known[0] <= end:
            place(known, records, derived, hondo)
    return sorted(records, key=lambda record: record[0])


def place(known, records, derived, hondo):
    """Move the base change whose frequency in Hondo is nearest to that of a known variant to the variant's place."""
    position, ref, alt, target = known
    clash = [p for p, r, _, _ in records if p <= position < p + len(r)]
    assert not clash, f"{position}: the simulated record at {clash[0]} is in the way; choose another SEED"
    taken = {k[0] for members in KNOWN.values() for k in members}
    able = [n for n, (p, r, alts, _) in enumerate(records)
            if p in derived and p not in taken and [len(a) for a in [r, *alts]] == [1, 1]]
    calls = {n: records[n][3][hondo] for n in able}
    nearest = min(able, key=lambda n: abs((calls[n] == 1).sum() / (calls[n] >= 0).sum() - target))
    records[nearest] = (position, ref, [alt], records[nearest][3])


def make_indel(bases, rng):
    """A deletion or insertion of 1 to 4 bases after the first of `bases`, already left-aligned and trimmed."""
    anchor, length = bases[0], int(rng.choice([1, 2, 3, 4], p=[0.5, 0.22, 0.14, 0.14]))
    deletable = [k for k in range(1, length + 1) if bases[k] != anchor]  # else it could be moved to the left
    if deletable and rng.random() < 0.6:
        return "".join(bases[:deletable[-1] + 1]), [anchor]
    return anchor, [make_insertion(anchor, rng)]


def make_insertion(anchor, rng):
    """`anchor` and 1 to 4 bases, the last of which differs from it, so that it cannot be moved to the left."""
    inserted = rng.choice(list("ACGT"), rng.choice(4, p=[0.5, 0.22, 0.14, 0.14]))
    return anchor + "".join(inserted) + rng.choice([base for base in "ACGT" if base != anchor])


def header(samples):
    return "\n".join([
        "##fileformat=VCFv4.3", "##source=genomics-japan tools/demo-cohort/make.py",
        "##gjNote=Simulated people and an invented reference sequence; not data of any person. Coordinates: GRCh38. "
        "Six sites (rs4986893, rs4244285, rs4149056, rs671, rs116855232, rs16947) are simulated sites placed at known "
        "positions and alleles so that the demo looks familiar: their genotypes are those of nobody, their frequencies "
        "only near the published ones.",
        *(f"##contig=<ID={name},length={length},assembly=GRCh38>" for name, length in CONTIGS.items()),
        '##FILTER=<ID=PASS,Description="All filters passed">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "\t".join("#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT".split() + samples)]) + "\n"


def write_vcfs(out, people, seed):
    """One pass over all records, one open file for each institution."""
    text = {(a, b): f"{a}|{b}" for a in range(4) for b in range(4)}
    text |= {(a, -2): str(a) for a in range(4)} | {(-1, -1): "./.", (-1, -2): ".", (-2, -2): "."}
    table = np.empty((6, 6), object)  # indices -2 and -1 reach the last two rows and columns
    for pair, genotype in text.items():
        table[pair] = genotype
    columns = {name: [p.index for p in people if p.institution == name] for name in INSTITUTIONS}
    files = {name: open(out / f"{name}.vcf.gz", "wb") for name in INSTITUTIONS}
    pipes = {name: subprocess.Popen(["bgzip", "-c", "-l", "9"], stdin=subprocess.PIPE, stdout=files[name], text=True)
             for name in INSTITUTIONS}
    for name, pipe in pipes.items():
        pipe.stdin.write(header([people[i].sample for i in columns[name]]))
    for number, (_, contig, start, end) in enumerate(REGIONS):
        for position, ref, alts, row in make_records(contig, start, end, people, seed + 10 * number):
            genotypes = table[row[:, 0], row[:, 1]]
            for name, pipe in pipes.items():
                pipe.stdin.write("\t".join([contig, str(position), ".", ref, ",".join(alts), ".", "PASS", ".", "GT",
                                            *genotypes[columns[name]]]) + "\n")
    for name, pipe in pipes.items():
        pipe.stdin.close()
        if pipe.wait() != 0:
            raise SystemExit(f"bgzip failed for {name}")
        files[name].close()


def write_sheets(out, people, rng):
    for institution in INSTITUTIONS:
        lines = ["sample participant sex family father mother stratum consent diseases".split()]
        for p in (p for p in people if p.institution == institution):
            joint, alone = rng.random() < 0.85, rng.random() < 0.75 / 0.85  # alone only with joint: 75 % in all
            allowed = [True, rng.random() < 0.60, joint, joint and alone, *(rng.random(3) < [0.7, 0.65, 0.45])]
            ill = [d for d, women, men, factor in DISEASES
                   if rng.random() < (women if p.sex == "female" else men) * (factor if institution == "ncc-hikari" else 1)]
            lines.append([p.sample, p.participant, p.sex, p.family, p.father.sample if p.father else "",
                          p.mother.sample if p.mother else "", STRATUM[p.population],
                          ",".join(c for c, yes in zip(CONSENTS, allowed) if yes), ",".join(ill)])
        (out / f"{institution}.samples.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))


def check_and_summarise(out):
    """Read everything back: order, duplicates, ploidy, inheritance; then print what docs may quote."""
    rows = {i: [line.split("\t") for line in (out / f"{i}.samples.tsv").read_text().splitlines()[1:]] for i in INSTITUTIONS}
    readers = {i: gzip.open(out / f"{i}.vcf.gz", "rt") for i in INSTITUTIONS}
    for institution, reader in readers.items():
        columns = next(line for line in reader if line.startswith("#CHROM")).split()[9:]
        assert columns == [row[0] for row in rows[institution]], f"{institution}: sheet and columns differ"
    people = [row for i in INSTITUTIONS for row in rows[i]]
    place = {row[0]: n for n, row in enumerate(people)}
    assert len(place) == len({row[1] for row in people}) == len(people), "ids are not unique"
    males = np.array([row[2] == "male" for row in people])
    family = {row[0]: row[3] for row in people}
    assert all(r[3] == family[r[4]] == family[r[5]] for r in people if r[4]), "parents are of another family"
    trios = [(place[r[0]], place[r[4]], place[r[5]], r[2]) for r in people if r[4]]
    last, genes, checked = (-1, 0), collections.defaultdict(list), 0
    hondo = [row[6] == "Hondo" for row in people]
    awaited, spanned = {(c, *k[:3]): k[3] for c, members in KNOWN.items() for k in members}, (-1, 0)
    for lines in zip(*readers.values(), strict=True):
        parts = [line.rstrip("\n").split("\t") for line in lines]
        contig, position, ref, alts = parts[0][0], int(parts[0][1]), parts[0][3], parts[0][4].split(",")
        assert all(len(ref) == len(alt) == 1 or (ref[0] == alt[0] and ref[-1] != alt[-1]) for alt in alts), "not trimmed"
        assert all(p[:9] == parts[0][:9] for p in parts), f"{contig}:{position}: institutions differ"
        assert (list(CONTIGS).index(contig), position) > last, f"{contig}:{position}: not sorted or a duplicate"
        last = (list(CONTIGS).index(contig), position)
        site = (contig, position, ref, alts[0])
        assert site not in awaited or (last > spanned and len(alts) == 1), f"{contig}:{position}: within a deletion"
        spanned = max(spanned, (last[0], position + len(ref) - 1))
        calls = [g.replace("/", "|").split("|") for p in parts for g in p[9:]]
        ploidy = np.array([len(c) for c in calls])
        haploid = {"chrX": males, "chrY": True, "chrM": True}.get(contig, False)
        assert ((ploidy == 1) == haploid).all(), f"{contig}:{position}: ploidy"
        for child, father, mother, sex in trios:
            f, m = set(calls[father]), set(calls[mother])
            want = {"chrX": [m] if sex == "male" else [f, m], "chrY": [f] if sex == "male" else [{"."}],
                    "chrM": [m]}.get(contig, [f, m])
            for allele, parent in zip(calls[child], want, strict=True):
                if (allele != "." and "." not in parent) or (contig == "chrY" and sex == "female"):
                    checked += 1
                    assert allele in parent, f"{contig}:{position}: child does not fit the parents"
        count = collections.Counter(itertools.chain.from_iterable(calls))
        number = sum(n for allele, n in count.items() if allele != ".")
        assert all(count[str(a + 1)] for a in range(len(alts))), f"{contig}:{position}: ALT of nobody"
        gene = next(g for g, c, s, e in REGIONS if c == contig and s <= position <= e)
        if site in awaited:
            own = "".join("".join(call) for call, yes in zip(calls, hondo) if yes)
            print(f"  placed {'-'.join(map(str, site))}: Hondo {own.count('1')} of {own.count('0') + own.count('1')} = "
                  f"{own.count('1') / (own.count('0') + own.count('1')):.3f}, target {awaited.pop(site):.3f}; "
                  f"all {count['1']} of {number}")
        name = f"{contig}-{position}-{ref}-{','.join(alts)}"
        snv = all(len(allele) == 1 for allele in [ref, *alts])
        genes[gene].append((name, snv, [count[str(a + 1)] for a in range(len(alts))], number))
    assert not awaited, f"not placed: {awaited}"
    print(f"{len(people)} people, {len(trios)} children with both parents, {checked} inherited alleles checked")
    for institution in INSTITUTIONS:
        strata = collections.Counter(row[6] for row in rows[institution])
        print(f"  {institution}: {len(rows[institution])} people {dict(sorted(strata.items()))}, "
              f"{(out / f'{institution}.vcf.gz').stat().st_size} bytes")
    genes["all"] = list(itertools.chain.from_iterable(genes.values()))
    for gene, sites in genes.items():
        plain = [site for site in sites if site[1] and len(site[2]) == 1]
        common = min(plain, key=lambda site: abs(site[2][0] / site[3] - 0.25))
        rare = next((site for site in plain if 2 <= site[2][0] <= 5), None)
        shown = "; ".join(f"{s[0]} AC {s[2][0]} AN {s[3]}" for s in (common, rare) if s)
        print(f"  {gene}: {len(sites)} sites, {sum(len(s[2]) > 1 for s in sites)} multi-allelic, "
              f"{sum(not s[1] for s in sites)} with an indel, {sum(s[2] == [1] for s in sites)} singletons; e.g. {shown}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, required=True, help="folder to write to")
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    people = make_people(rng)
    write_sheets(out, people, rng)
    write_vcfs(out, people, SEED)
    check_and_summarise(out)


if __name__ == "__main__":
    main()
