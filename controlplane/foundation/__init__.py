"""The ground floor: what every app stands on. No domain words live here."""
