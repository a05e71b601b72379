package tui

// language is what help tells of the words of a filter.
var language = []binding{
	{keys: []string{"err"}, group: "filter", does: "what failed, with all that it said"},
	{keys: []string{"critical"}, group: "filter", does: "the critical path"},
	{keys: []string{"level>=warn"}, group: "filter", does: "logs of that level or a worse one; = is that level alone; nologs none"},
	{keys: []string{"service:a,b"}, group: "filter", does: "services that begin so; = is all of the name, * is anything"},
	{keys: []string{"op:x"}, group: "filter", does: "operations, the same"},
	{keys: []string{"dur>100ms"}, group: "filter", does: "spans that took at least so long; < at most"},
	{keys: []string{"depth<=3"}, group: "filter", does: "levels of spans"},
	{keys: []string{"key:value"}, group: "filter", does: "an attribute or a field of a log that begins so, or a word in it; = is all of it, * is anything"},
	{keys: []string{"key>=500"}, group: "filter", does: "the same, a number; also > < <="},
	{keys: []string{"a text"}, group: "filter", does: "anything else, and \"err\" in quotes: case matters where it has capitals"},
	{keys: []string{"/a|b/"}, group: "filter", does: "a regular expression"},
	{keys: []string{"-x"}, group: "filter", does: "not x, for each of these"},
	{keys: []string{"x or y"}, group: "filter", does: "either; (x or y) z has it within"},
}
