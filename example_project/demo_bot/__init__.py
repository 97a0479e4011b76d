"""The demo bot: a Chat API server in miniature, over real HTTP, for the demo and the tests.

It speaks the contract as today's servers do (the 2026-08 dialect) and shares no code with the
app it serves. Its chats live in this process's memory and are gone when it stops.
"""
