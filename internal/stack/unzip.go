package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unzip unpacks the folder top of a zip into dir, which it creates, and returns
// each file's size. Nothing is ever written outside dir: an entry that points
// elsewhere, or is neither file nor folder, is an error.
func unzip(name, top, dir string) (map[string]int64, error) {
	r, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := map[string]int64{}
	for _, f := range r.File {
		inside, err := entryPath(f, top)
		if err != nil {
			return nil, err
		}
		if err := unzipEntry(root, f, inside); err != nil {
			return nil, err
		}
		if f.Mode().IsRegular() {
			files[inside] = int64(f.UncompressedSize64)
		}
	}
	return files, nil
}

// entryPath is the entry's path below the folder top, with slashes.
func entryPath(f *zip.File, top string) (string, error) {
	if strings.Contains(f.Name, `\`) || !filepath.IsLocal(f.Name) {
		return "", fmt.Errorf("the entry %q points out of the archive", f.Name)
	}
	if !f.Mode().IsRegular() && !f.Mode().IsDir() {
		return "", fmt.Errorf("the entry %q is neither a file nor a folder", f.Name)
	}
	clean := path.Clean(f.Name)
	if clean == top {
		return ".", nil
	}
	inside, ok := strings.CutPrefix(clean, top+"/")
	if !ok {
		return "", fmt.Errorf("the entry %q is not in the folder %s", f.Name, top)
	}
	return inside, nil
}

func unzipEntry(root *os.Root, f *zip.File, inside string) error {
	if f.Mode().IsDir() {
		return root.MkdirAll(inside, 0o755)
	}
	if err := root.MkdirAll(path.Dir(inside), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if f.Mode()&0o100 != 0 {
		mode = 0o755
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := root.OpenFile(inside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return out.Close()
}
