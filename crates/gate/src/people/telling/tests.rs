//! The rule played against attackers who know it.
