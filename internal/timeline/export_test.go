package timeline

// Forget lets the index find everything anew.
func (x *Index) Forget() { x.found, x.columns = nil, nil }

// Limit lets the index keep no more texts than of so many bytes of documents.
func (x *Index) Limit(most int) { x.most = most }
