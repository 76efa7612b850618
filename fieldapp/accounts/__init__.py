"""Users, teams, grants (role × district), devices, sessions that live in the database, and sign-in."""
