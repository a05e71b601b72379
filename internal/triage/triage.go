// Package triage turns failing traces and error logs into the few causes behind
// them: where each began, since when, and how it compares with before.
//
// Within a trace a failed span is a root when no span that it called failed;
// its failure travels up through the callers that failed with it. Roots of all
// traces that agree in service, operation, class and what was said make a
// group. Error logs join the group of the trace and span that they name, and
// logs that say the same follow them.
package triage
