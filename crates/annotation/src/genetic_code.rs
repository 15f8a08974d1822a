//! Which amino acid a codon stands for: NCBI's translation tables 1 (standard) and 2 (vertebrate mitochondrial).

use gj_model::Contig;

/// A translation table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneticCode {
    /// Table 1, of the nucleus.
    Standard,
    /// Table 2, of the mitochondrion of vertebrates.
    Mitochondrial,
}

/// Amino acids of table 1 in NCBI's order of codons: the bases `TCAG`, the third changing fastest.
const STANDARD: &[u8; 64] = b"FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG";
/// Amino acids of table 2 in the same order.
const MITOCHONDRIAL: &[u8; 64] = b"FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG";

impl GeneticCode {
    /// The table of a contig.
    pub fn of(contig: Contig) -> GeneticCode {
        if contig == Contig::MT { GeneticCode::Mitochondrial } else { GeneticCode::Standard }
    }

    /// One letter of the amino acid, `*` for a stop, `X` for a codon with an unknown base.
    pub fn amino_acid(self, codon: [u8; 3]) -> u8 {
        let digit = |base: u8| b"TCAG".iter().position(|&b| b == base);
        let [Some(first), Some(second), Some(third)] = codon.map(digit) else { return b'X' };
        let table = if self == GeneticCode::Standard { STANDARD } else { MITOCHONDRIAL };
        table[16 * first + 4 * second + third]
    }

    /// Whether a protein may start with the codon, as the reference sequence has it. Table 1 names CTG and
    /// TTG beside ATG, table 2 also ATT, ATC, ATA and GTG.
    pub fn is_start(self, codon: &[u8]) -> bool {
        match self {
            GeneticCode::Standard => matches!(codon, b"ATG" | b"CTG" | b"TTG"),
            GeneticCode::Mitochondrial => matches!(codon, b"ATG" | b"ATA" | b"ATT" | b"ATC" | b"GTG"),
        }
    }

    /// Whole codons as amino acids; bases of a last incomplete one are left out.
    pub fn translate(self, bases: &[u8]) -> Vec<u8> {
        bases.as_chunks::<3>().0.iter().map(|&codon| self.amino_acid(codon)).collect()
    }

    /// Like [`GeneticCode::translate`], up to the first stop, which is included.
    pub fn translate_to_stop(self, bases: &[u8]) -> Vec<u8> {
        let mut protein = Vec::with_capacity(bases.len() / 3);
        for &codon in bases.as_chunks::<3>().0 {
            protein.push(self.amino_acid(codon));
            if protein.last() == Some(&b'*') {
                break;
            }
        }
        protein
    }
}

/// Three letters of an amino acid, as HGVS writes it; `Ter` for a stop, `Xaa` for an unknown one.
pub fn three_letters(amino_acid: u8) -> &'static str {
    match amino_acid {
        b'A' => "Ala",
        b'C' => "Cys",
        b'D' => "Asp",
        b'E' => "Glu",
        b'F' => "Phe",
        b'G' => "Gly",
        b'H' => "His",
        b'I' => "Ile",
        b'K' => "Lys",
        b'L' => "Leu",
        b'M' => "Met",
        b'N' => "Asn",
        b'P' => "Pro",
        b'Q' => "Gln",
        b'R' => "Arg",
        b'S' => "Ser",
        b'T' => "Thr",
        b'U' => "Sec",
        b'V' => "Val",
        b'W' => "Trp",
        b'Y' => "Tyr",
        b'*' => "Ter",
        _ => "Xaa",
    }
}
