package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// topics are what help tells beside the commands.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{
			Use:   "clocks",
			Short: "How clocks that disagree are corrected, and what is promised",
			Long: `Every machine stamps its spans and logs by its own clock. otrace adds one amount
to all times of a clock, so that no effect stands before its cause, and none
without proof: a clock that the evidence allows to be right is left alone.

The evidence is what must have happened in order: a call is received after it
was made, and a caller that waits goes on after it was answered. Together these
bound each clock's offset from the one that most others agree with. What is
chosen within the bounds is an assumption; the bounds are not.

  ~    the row stands at a corrected time; --raw-time shows the observed one
  ≈    the row may have happened before the one above it: no evidence decides

  reference     the clock that the others are measured against
  proven        bounded on both sides
  one-sided     bounded on one side
  may be right  within its bounds as it is: shown as observed
  unknown       nothing ties it to the others: shown as observed

Logs move with the machine that wrote them. A source whose logs all stand off
by the same multiple of 15 minutes has the wrong time zone: that is mended and
said. Over a minute and more clocks drift, and get a line in place of a number.

  otrace show ID --clocks     each clock, its bounds, and what they rest on
  otrace show ID --skew mid   every clock in the middle of its bounds
  otrace show ID --raw-time   trust every clock`,
		},
		{
			Use:   "fields",
			Short: "In which fields of a log otrace finds IDs, times and messages",
			Long: `otrace looks for a trace's logs in every field that loggers and shippers are known
to use for its ID: trace_id, traceId, trace.id, TraceId, dd.trace_id,
logging.googleapis.com/trace, x-b3-traceid, attributes.trace_id and many more,
in every spelling of the ID (16 or 32 digits, with dashes, in decimal, inside a
traceparent), and in the message. Which of them an index has is asked once and
kept for a while.

Time, level, message, service, host, pod and span ID are read from the names of
ECS, OpenTelemetry, Logstash, Fluentd, Serilog, Bunyan, zap, logrus and others.
Where a team's names are its own, a context says so:

  otrace config set-context prod --field trace=correlation.id --field message=text

  otrace doctor               which fields were found, and in which indices
  otrace show ID --wildcard   IDs inside longer words, too: slow`,
		},
		{
			Use:   "bundles",
			Short: "Saving an incident to files, and reading it without any server",
			Long: `A bundle is a folder, or the same as .tar.gz or .zip:

  manifest.json      what is missing, what was warned of and searched; optional
  spans.otlp.jsonl   OTLP JSON, as the OpenTelemetry Collector's file exporter writes it
  logs.ndjson        one Elasticsearch hit a line, as elasticdump writes it

  otrace show ID --save incident.tar.gz     keep what was gathered
  otrace show --from incident.tar.gz        show it again, with no server
  otrace find order.id=ORD-17 --from DIR    search in it

--from also takes single files: a trace downloaded from Jaeger's web page, OTLP
JSON, or logs, one document a line; several together when it is repeated.
--redact replaces card numbers, tokens, passwords and mail addresses before
anything is written.`,
		},
		{
			Use:   "triage",
			Short: "How otrace errors finds causes, and what NEW and RISING rest on",
			Long: `A failed span is a root when nothing that it called failed; callers that failed
with it are its consequences. Roots that agree in service, operation, class
(exception type, error type, or code) and in what was said make one cause:

  what was said  the top frames of the code's own stack, without line numbers;
                 else the exception's message, the status, or the error log,
                 with <*> for what varies
  absorbed       the chain of failures ended before the entry: a retry or a
                 fallback helped. Such causes rank lower
  slow           a caller gave up on a callee that was still at work: counted
                 for the callee
  not seen       a call failed whose callee left no span
  logs only      error logs whose trace did not fail or is not in Jaeger
  expected       4xx, NOT_FOUND, CANCELLED … that made no server fail: counted
                 apart, listed by --expected

Traces are counted, never spans. A cause is compared with the same in the 24
windows before (--baseline). RISING: at least twice as much and 5 traces, and
more than these windows' own spread explains, over all causes together (at most
one false among twenty). NEW: none before, and at least 3. "NEW?": none was
seen, but not all of the time before was read, or it is not kept. Windows in
which a source has nothing at all are not compared with.

Jaeger holds what was sampled, and a search returns the newest: where not all
was read that is said, and no shares are given.`,
		},
		{
			Use:   "exit-codes",
			Short: "What otrace's exit codes mean",
			Long: `The first that applies:

  130  interrupted
  2    the command line or the configuration is wrong; nothing was asked
  5    a source refused the credentials, even when the rest is shown
  1    nothing is shown and a source failed, or the output could not be written
  3    shown, and something is missing: a source failed or was cut short
  4    every source answered, and none knows the ID
  10   errors --exit-code: something is failing
  0    all is well

A trace that Jaeger does not have while its logs are there, or spans without
logs, are 0 and said. Of several IDs the worst counts. otrace doctor: 0 when all
is healthy, else 1 or 5. otrace tui: 0 when you leave its screen, which told what
failed.`,
		},
	}
}

// newHelpCmd is cobra's help, but for a topic that does not exist: that is a
// mistake, and not success.
func newHelpCmd(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command or topic]",
		Short: "Help about a command, or a topic",
		Long:  "Help tells about a command or one of the topics: " + topicNames() + ".",
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			at, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, cmd := range at.Commands() {
				if cmd.IsAvailableCommand() || cmd.IsAdditionalHelpTopicCommand() {
					names = append(names, cmd.Name()+"\t"+cmd.Short)
				}
			}
			return beginning(names, typed), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usageError{hintedError{fmt.Errorf("help: there is no command or topic %q", strings.Join(args, " ")), "otrace help lists both"}}
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

func topicNames() string {
	var list []string
	for _, cmd := range topics() {
		list = append(list, cmd.Name())
	}
	return strings.Join(list, ", ")
}
