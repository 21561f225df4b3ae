"""One signature in its document: XMLDSig core validation, DIAN's profile, and what a valid signature does not cover."""
