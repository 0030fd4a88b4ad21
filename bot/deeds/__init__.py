"""Deeds: what the commands do, one room each. The table of them is `bot.commands`.

mail      inbox, process, undo, memory, follow-ups      drafts  approvals, review, approve, reject
jobs      jobs, job, cancel                             person  link, unlink, settings, menu
admin     audit
"""
