"""Photographs of every state that visitors may meet, for those who look after its looks."""
