"""The data of documents: frozen pydantic models without XML, keys or network. Public names are in ``dian_fe``."""
