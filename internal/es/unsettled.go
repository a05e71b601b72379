package es

import "bytes"

// settlings is how often a search is repeated for shards that are just coming
// or going: those of a new day's index, of one that moves to another node, or
// of one that was deleted a moment ago. A shard that is lost for good costs
// that much time, too.
const settlings = 2

// passing are the kinds of failure that another moment may mend.
var passing = [][]byte{
	[]byte(`"no_shard_available_action_exception"`), []byte(`"illegal_index_shard_state_exception"`),
	[]byte(`"index_shard_not_started_exception"`), []byte(`"index_shard_closed_exception"`),
	[]byte(`"shard_not_found_exception"`), []byte(`"index_not_found_exception"`), []byte(`"node_not_connected_exception"`),
}

// unsettled reports whether shards failed in passing. An answer tells of its
// shards before its hits.
func unsettled(answer []byte) bool {
	head := answer[:min(len(answer), 4<<10)]
	_, failures, failed := bytes.Cut(head, []byte(`"failures":[`))
	if !failed {
		return false
	}
	for _, kind := range passing {
		if bytes.Contains(failures, kind) {
			return true
		}
	}
	return false
}
