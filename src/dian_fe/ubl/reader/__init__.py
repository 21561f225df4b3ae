"""Readers: from bytes to trees of documents, by the same tables that write them."""
