"""The people's door: platforms on the outside, one desk behind them.

desk      seen before? who is it? then stop, command, button or talk; here errors become words
commands  slash commands, one table for every platform
channel   what a platform must be able to do       delivery  carries waiting words from the outbox to the right channel
console   the same assistant on a terminal         cli       the `deskhand` command
"""
