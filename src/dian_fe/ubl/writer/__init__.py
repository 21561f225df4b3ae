"""Writers: from a model and its issuer to canonical XML, by functions compiled from the tables."""
