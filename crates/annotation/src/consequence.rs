//! What a variant may do to a transcript: terms of the Sequence Ontology in Ensembl's order of severity.

use std::fmt;

/// Ensembl's four grades of a consequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// The protein is probably lost.
    High,
    /// The protein may work less or otherwise.
    Moderate,
    /// The protein is probably the same.
    Low,
    /// Nothing is known or predicted.
    Modifier,
}

macro_rules! consequences {
    ($($variant:ident $term:literal $accession:literal $impact:ident $doc:literal;)*) => {
        /// A term of the Sequence Ontology; the first is the most severe.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Consequence { $(#[doc = $doc] $variant,)* }

        impl Consequence {
            /// All of them, the most severe first.
            pub const ALL: &[Consequence] = &[$(Consequence::$variant,)*];

            /// The term: `missense_variant`.
            pub fn term(self) -> &'static str {
                match self { $(Consequence::$variant => $term,)* }
            }

            /// The accession: `SO:0001583`.
            pub fn accession(self) -> &'static str {
                match self { $(Consequence::$variant => $accession,)* }
            }

            /// Ensembl's grade.
            pub fn impact(self) -> Impact {
                match self { $(Consequence::$variant => Impact::$impact,)* }
            }
        }
    };
}

consequences! {
    TranscriptAblation "transcript_ablation" "SO:0001893" High "The whole transcript is deleted.";
    SpliceAcceptor "splice_acceptor_variant" "SO:0001574" High "The last two bases of an intron.";
    SpliceDonor "splice_donor_variant" "SO:0001575" High "The first two bases of an intron.";
    StopGained "stop_gained" "SO:0001587" High "A stop codon earlier than in the reference.";
    Frameshift "frameshift_variant" "SO:0001589" High "The reading frame changes.";
    StopLost "stop_lost" "SO:0001578" High "The stop codon becomes something else.";
    StartLost "start_lost" "SO:0002012" High "The start codon becomes something else.";
    InframeInsertion "inframe_insertion" "SO:0001821" Moderate "Amino acids are added, none changed.";
    InframeDeletion "inframe_deletion" "SO:0001822" Moderate "Whole codons are missing.";
    Missense "missense_variant" "SO:0001583" Moderate "As many amino acids, another one among them.";
    ProteinAltering "protein_altering_variant" "SO:0001818" Moderate "In frame, but added and changed at once.";
    SpliceRegion "splice_region_variant" "SO:0001630" Low "1–3 bases into an exon, 3–8 into an intron.";
    IncompleteTerminalCodon "incomplete_terminal_codon_variant" "SO:0001626" Low "The last codon, which is incomplete.";
    StartRetained "start_retained_variant" "SO:0002019" Low "The start codon is touched and stays one.";
    StopRetained "stop_retained_variant" "SO:0001567" Low "The stop codon is touched and stays one.";
    Synonymous "synonymous_variant" "SO:0001819" Low "Another codon of the same amino acid.";
    CodingSequence "coding_sequence_variant" "SO:0001580" Modifier "Coding, with an effect nobody can tell.";
    FivePrimeUtr "5_prime_UTR_variant" "SO:0001623" Modifier "Exonic, before the coding part.";
    ThreePrimeUtr "3_prime_UTR_variant" "SO:0001624" Modifier "Exonic, after the coding part.";
    NonCodingExon "non_coding_transcript_exon_variant" "SO:0001792" Modifier "An exon of a transcript not translated.";
    Intron "intron_variant" "SO:0001627" Modifier "An intron.";
    NmdTranscript "NMD_transcript_variant" "SO:0001621" Modifier "A transcript that is degraded.";
    NonCodingTranscript "non_coding_transcript_variant" "SO:0001619" Modifier "An intron of a transcript not translated.";
    Upstream "upstream_gene_variant" "SO:0001631" Modifier "Up to 5,000 bases before the transcript.";
    Downstream "downstream_gene_variant" "SO:0001632" Modifier "Up to 5,000 bases after the transcript.";
    Intergenic "intergenic_variant" "SO:0001628" Modifier "Far from every transcript.";
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.term())
    }
}

/// A set of consequences, told in order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Consequences(u32);

impl Consequences {
    /// Adds one.
    pub fn add(&mut self, consequence: Consequence) {
        self.0 |= 1 << consequence as u32;
    }

    /// Whether it is among them.
    pub fn has(self, consequence: Consequence) -> bool {
        self.0 & (1 << consequence as u32) != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All, the most severe first.
    pub fn iter(self) -> impl Iterator<Item = Consequence> {
        Consequence::ALL.iter().copied().filter(move |&consequence| self.has(consequence))
    }

    /// The most severe; `None` of an empty set.
    pub fn worst(self) -> Option<Consequence> {
        self.iter().next()
    }
}

impl FromIterator<Consequence> for Consequences {
    fn from_iter<I: IntoIterator<Item = Consequence>>(all: I) -> Consequences {
        let mut set = Consequences::default();
        all.into_iter().for_each(|consequence| set.add(consequence));
        set
    }
}

impl fmt::Display for Consequences {
    /// Joined by `&`, as in the field CSQ of VEP.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, consequence) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("&")?;
            }
            consequence.fmt(f)?;
        }
        Ok(())
    }
}
