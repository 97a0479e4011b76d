"""The catalogues of the app: brought up to date, filled in, and found wanting."""
