DROP TABLE habits, auto_reply_days, auto_replies, templates, rule_runs, rule_matches, rules;
