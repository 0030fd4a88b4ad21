"""Speed, measured beside a baseline in the same run, on servers and folders of its own that are gone afterwards.

figures   what was measured, as a table for people and as JSON lines for programs
turn      one turn of talk against the stock LangGraph agent      ours, stock   the two that are compared
endpoint  a model that answers at once, in a process of its own   wire          counts statements and round trips
channels  people in Slack, a hundred at once             slackish      a platform that answers at once    bare_bolt  its baseline
start     the second start of the program, and `--help`           processes     CPU time of a program with its servers
ingest    a mailbox until it can be searched, then its embedding  mailbag       the mails that are read
bare      the plain loop that reading is compared with              watch         when all mails are in the database
triage    new mail to its labels, and what goes with it  plan          the plan's pipeline, its baseline
made_rules  rules that both engines read      newcomer  a person with a mailbox      clocks  seconds, and of processors
embedding  what the program adds to the embedder          quiet         a look at a mailbox in which nothing happened
beside    chat while mail comes in, and while none comes
"""
