package trace_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestSetTimesClamps(t *testing.T) {
	tests := []struct {
		name           string
		start, end     int64
		wantDuration   int64
		wantClamped    bool
		wantEndNotLess bool
	}{
		{"as usual", 100, 250, 150, false, true},
		{"negative", 250, 100, 0, true, true},
		{"overflowing", -5, math.MaxInt64, math.MaxInt64, true, false},
		{"to the edge", 10, math.MaxInt64, math.MaxInt64 - 10, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s trace.Span
			s.SetTimes(tt.start, tt.end)
			if s.Duration != tt.wantDuration || s.Clamped != tt.wantClamped {
				t.Errorf("duration %d, clamped %v; want %d, %v", s.Duration, s.Clamped, tt.wantDuration, tt.wantClamped)
			}
			if s.End() < s.Start {
				t.Errorf("ends at %d, before its start %d", s.End(), s.Start)
			}
		})
	}
}

func TestParseLevel(t *testing.T) {
	tests := map[string]trace.Level{
		"ERROR": trace.LevelError, "err": trace.LevelError, "Severe": trace.LevelError, "E": trace.LevelError,
		"WARNING": trace.LevelWarn, "wrn": trace.LevelWarn, "information": trace.LevelInfo, "INF": trace.LevelInfo,
		"debug": trace.LevelDebug, "dbg": trace.LevelDebug, "critical": trace.LevelFatal, "emerg": trace.LevelFatal,
		"dpanic": trace.LevelFatal, "[warn]": trace.LevelWarn, "verbose": trace.LevelTrace, "": trace.LevelUnknown, "blue": trace.LevelUnknown,
	}
	for in, want := range tests {
		if got := trace.ParseLevel(in); got != want {
			t.Errorf("ParseLevel(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestParseLevelNumber(t *testing.T) {
	tests := []struct {
		n     int64
		scale trace.LevelScale
		want  trace.Level
	}{
		{17, trace.ScaleOTel, trace.LevelError},
		{21, trace.ScaleOTel, trace.LevelFatal},
		{0, trace.ScaleOTel, trace.LevelUnknown},
		{50, trace.ScaleTens, trace.LevelError},
		{30, trace.ScaleTens, trace.LevelInfo},
		{40, trace.ScalePython, trace.LevelError},
		{3, trace.ScaleSyslog, trace.LevelError},
		{6, trace.ScaleSyslog, trace.LevelInfo},
		{40000, trace.ScaleLogback, trace.LevelError},
		{500, trace.ScaleGCP, trace.LevelError},
	}
	for _, tt := range tests {
		if got := trace.ParseLevelNumber(tt.n, tt.scale); got != tt.want {
			t.Errorf("ParseLevelNumber(%d, %d) = %s, want %s", tt.n, tt.scale, got, tt.want)
		}
	}
}

func TestAddGap(t *testing.T) {
	var ev trace.Evidence
	ev.AddGap("jaeger", nil)
	ev.AddGap("elasticsearch", fmt.Errorf("elasticsearch: 401: %w", trace.ErrRefused))
	ev.AddGap("jaeger", errors.New("connection refused"))
	want := []string{"elasticsearch is missing: 401: refused", "jaeger is missing: connection refused"}
	if len(ev.Gaps) != len(want) || !ev.Gaps[0].Refused || ev.Gaps[1].Refused {
		t.Fatalf("gaps: %+v", ev.Gaps)
	}
	for i, g := range ev.Gaps {
		if g.String() != want[i] {
			t.Errorf("gap %d reads %q, want %q", i, g, want[i])
		}
	}
}

func TestValueText(t *testing.T) {
	tests := []struct {
		v    trace.Value
		want string
	}{
		{trace.String("a"), "a"},
		{trace.Int(-7), "-7"},
		{trace.Double(0.5), "0.5"},
		{trace.Bool(true), "true"},
		{trace.Bytes([]byte("hi")), "aGk="},
		{trace.JSON(`[1,2]`), "[1,2]"},
		{trace.Value{}, ""},
	}
	for _, tt := range tests {
		if got := tt.v.Text(); got != tt.want {
			t.Errorf("%+v reads %q, want %q", tt.v, got, tt.want)
		}
	}
}

func TestOriginClock(t *testing.T) {
	r := trace.NewResource([]trace.Attribute{
		{Key: "service.name", Value: trace.String("payment")},
		{Key: "host.id", Value: trace.String("")}, // an empty claim is none
		{Key: "host.name", Value: trace.String("pay-1")},
	})
	if r.Service != "payment" || r.Clock() != "pay-1" {
		t.Errorf("origin %+v, clock %q", r.Origin, r.Clock())
	}
	if got := (trace.Origin{Service: "s", Pod: "p", Process: "x"}).Clock(); got != "p" {
		t.Errorf("a pod without a host has its own clock, got %q", got)
	}
}
