"""Why a signature does not hold: what was changed after signing, or what the signer did wrong."""
