package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// forgetful answers what is asked of a day and later, and never what was before.
func forgetful(day string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := r.URL.Query().Get("query.start_time_min")
		if from > "2000" && from < day {
			<-r.Context().Done()
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errorLogsIn serves the lines of a file as the only index of an Elasticsearch
// 8, however it is asked for error logs.
func errorLogsIn(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		w.Header().Set("Content-Type", "application/json")
		body, _ := io.ReadAll(r.Body)
		var asked struct{ Size int }
		asked.Size = 10
		_ = json.Unmarshal(body, &asked) // what is no search has none
		switch {
		case strings.HasSuffix(r.URL.Path, "/_field_caps"):
			fmt.Fprint(w, `{"indices":["app"],"fields":{"@timestamp":{"date":{"searchable":true,"aggregatable":true}},"level":{"keyword":{"searchable":true,"aggregatable":true}},"message":{"text":{"searchable":true}},"service":{"keyword":{"searchable":true,"aggregatable":true}},"trace_id":{"keyword":{"searchable":true,"aggregatable":true}}}}`)
		case strings.HasSuffix(r.URL.Path, "/_pit"):
			fmt.Fprint(w, `{"id":"pit","succeeded":true}`)
		default:
			hits := hitsIn(path)
			list := hits[:min(asked.Size, len(hits))]
			if strings.Contains(string(body), `"search_after"`) {
				list = nil
			}
			fmt.Fprintf(w, `{"pit_id":"pit","timed_out":false,"_shards":{"total":1,"successful":1,"failed":0},"hits":{"total":{"value":%d,"relation":"eq"},"hits":[%s]}}`, len(hits), strings.Join(list, ","))
		}
	})
}

// flaky answers as one does until a moment after it was first asked, fails for
// another moment, and then answers as another.
func flaky(before, after http.Handler) http.Handler {
	const moment = 300 * time.Millisecond
	var once sync.Once
	var first time.Time
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { first = time.Now() })
		switch up := time.Since(first); {
		case up < moment:
			before.ServeHTTP(w, r)
		case up < 2*moment:
			http.Error(w, "restarting", http.StatusInternalServerError)
		default:
			after.ServeHTTP(w, r)
		}
	})
}

// slow never answers for one trace.
func slow(id string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, id) {
			<-r.Context().Done()
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mended has a fault until a file is there.
func mended(file string, fault, well http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := os.Stat(file); err == nil {
			well.ServeHTTP(w, r)
			return
		}
		fault.ServeHTTP(w, r)
	})
}

// hitsIn are the lines of a file as hits. A file that is not there has none.
func hitsIn(path string) []string {
	data, _ := os.ReadFile(path)
	var hits []string
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if line != "" {
			hits = append(hits, fmt.Sprintf(`{"_index":"app","_id":"%d","_source":%s,"sort":[%d]}`, i, line, i))
		}
	}
	return hits
}
