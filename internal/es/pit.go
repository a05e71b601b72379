package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// A pitStyle is whose points in time a cluster has.
type pitStyle int32

const (
	pitUnknown    pitStyle = iota
	pitElastic             // Elasticsearch from 7.10 on
	pitOpenSearch          // OpenSearch from 2.4 on
	pitNone                // older ones of both
)

// A pointInTime is a cluster's promise to keep its documents as they are for
// a while.
type pointInTime struct {
	id    string
	style pitStyle
}

// openPIT asks as Elasticsearch does, then as OpenSearch does, and remembers
// which it was.
func (c *Client) openPIT(ctx context.Context, indices []string) (pointInTime, error) {
	known := pitStyle(c.pits.Load())
	for _, style := range []pitStyle{pitElastic, pitOpenSearch} {
		if known != pitUnknown && known != style {
			continue
		}
		pit, err := c.openAs(ctx, style, indices)
		if err == nil {
			c.pits.Store(int32(style))
			return pit, nil
		}
		if !noPIT(err) {
			return pit, err
		}
	}
	return pointInTime{}, errNoPIT
}

func (c *Client) openAs(ctx context.Context, style pitStyle, indices []string) (pointInTime, error) {
	answer, err := c.net.call(ctx, func() esapi.Request {
		if style == pitOpenSearch {
			path := "/" + strings.Join(escaped(indices), ",") + "/_search/point_in_time"
			return plainRequest{http.MethodPost, path, url.Values{"keep_alive": {keepAlive}, "ignore_unavailable": {"true"}, "expand_wildcards": {"open"}}, nil}
		}
		return esapi.OpenPointInTimeRequest{Index: escaped(indices), KeepAlive: keepAlive, IgnoreUnavailable: new(true), ExpandWildcards: "open"}
	})
	if err != nil {
		return pointInTime{}, err
	}
	var opened struct {
		ID    string `json:"id"`
		PitID string `json:"pit_id"`
	}
	if err := json.Unmarshal(answer, &opened); err != nil || opened.ID+opened.PitID == "" {
		return pointInTime{}, fmt.Errorf("%s: the answer about a point in time cannot be read", c.net.node().base.Host)
	}
	return pointInTime{opened.ID + opened.PitID, style}, nil
}

// noPIT reports whether the server has no points in time to give, rather than
// that it failed: it knows none, has too many open, or forbids this one.
func noPIT(err error) bool {
	var status *statusError
	if !errors.As(err, &status) {
		return false
	}
	switch status.status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusNotImplemented, http.StatusServiceUnavailable:
		return true // 503: a shard is away; a scroll does without it, and says so
	}
	return false
}

// page asks for what follows in one slice. OpenSearch has no order over all
// shards; and it cuts slices by numbers, because by IDs it would read them all.
func (p pointInTime) page(of sliceOf, after json.RawMessage) object {
	slice, sort := object{"id": of.i, "max": sliceCount}, "_shard_doc"
	if p.style == pitOpenSearch {
		slice["field"], sort = "_seq_no", "_doc"
	}
	more := object{
		"size": of.size, "track_total_hits": after == nil, "sort": []any{object{sort: "asc"}},
		"pit": object{"id": p.id, "keep_alive": keepAlive}, "slice": slice,
	}
	if after != nil {
		more["search_after"] = after
	}
	return more
}

// after is where the next page begins. OpenSearch's order counts anew in every
// shard, so that several documents stand in each place: the last place is asked
// for again, and what of it was had is held back.
func (s pitStyle) after(last json.RawMessage) json.RawMessage {
	if s != pitOpenSearch {
		return last
	}
	n, err := strconv.ParseInt(strings.Trim(string(last), "[] "), 10, 64)
	if err != nil {
		return last
	}
	return json.RawMessage("[" + strconv.FormatInt(n-1, 10) + "]")
}

func (c *Client) closePIT(ctx context.Context, pit pointInTime) {
	ctx, cancel := closing(ctx)
	defer cancel()
	var req esapi.Request = esapi.ClosePointInTimeRequest{Body: bytes.NewReader(encode(object{"id": pit.id}))}
	if pit.style == pitOpenSearch {
		req = plainRequest{http.MethodDelete, "/_search/point_in_time", nil, encode(object{"pit_id": []string{pit.id}})}
	}
	// It closes by itself within a minute; a failure is not worth a word.
	_, _ = c.net.once(ctx, req)
}

// A plainRequest is one that esapi does not know.
type plainRequest struct {
	method, path string
	query        url.Values
	body         []byte
}

// Do sends the request.
func (r plainRequest) Do(ctx context.Context, t esapi.Transport) (*esapi.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.path+"?"+r.query.Encode(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if len(r.body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := t.Perform(req) //nolint:bodyclose // the response takes the body along; who asked closes it
	if err != nil {
		return nil, err
	}
	return &esapi.Response{StatusCode: res.StatusCode, Body: res.Body, Header: res.Header}, nil
}
