"""In charge of e-mail that comes in: read by IMAP, noted in a ledger, kept as it came, put where it belongs."""
