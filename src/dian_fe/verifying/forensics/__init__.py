"""Why a signature is invalid: changes after signing, or errors of the signer."""
