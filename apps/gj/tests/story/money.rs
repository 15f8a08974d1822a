//! Money from outside: a price, its invoice and PDF, payment opens the door, and a crash loses nothing.
