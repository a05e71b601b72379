package main

import "testing"

func TestScrub(t *testing.T) {
	a := &app{}
	a.secret("hunter2", "hunter2-and-more", "tok")
	for text, want := range map[string]string{
		"said hunter2":                   "said ***",
		"said hunter2-and-more":          "said ***", // not what is left of it behind a shorter one
		"cut: hunter2-a…":                "cut: ***…",
		"cut: hunt…":                     "cut: ***…",
		"cut: hun…":                      "cut: hun…",
		"one hunte…, and two: hunter2-…": "one ***…, and two: ***…",
		"hunter2 and tok…":               "*** and tok…",
		"waiting…":                       "waiting…",
		"":                               "",
	} {
		if got := a.scrub(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
