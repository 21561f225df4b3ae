"""Room of dian_fe: see ARCHITECTURE.md."""
