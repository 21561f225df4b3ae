"""dian-fe."""
