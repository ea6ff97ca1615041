// What Go's own packages say of our notes and proofs, and their own for us to check.
//
//	peer open VERIFIERKEY < note        prints the note's text, if the signature is right
//	peer sign SIGNERKEY < text          prints a signed note
//	peer trees < hashes                 hashes of leaves' data, a line each; prints roots and proofs, a line each
//	peer check < lines                  checks lines as "record SIZE ROOT INDEX DATA PATH" and "tree SIZE ROOT OLD OLDROOT PATH"
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	log.SetFlags(0)
	switch os.Args[1] {
	case "open":
		verifier, err := note.NewVerifier(os.Args[2])
		must(err)
		all, err := io.ReadAll(os.Stdin)
		must(err)
		opened, err := note.Open(all, note.VerifierList(verifier))
		must(err)
		fmt.Print(opened.Text)
	case "sign":
		signer, err := note.NewSigner(os.Args[2])
		must(err)
		all, err := io.ReadAll(os.Stdin)
		must(err)
		signed, err := note.Sign(&note.Note{Text: string(all)}, signer)
		must(err)
		os.Stdout.Write(signed)
	case "trees":
		trees()
	case "check":
		check()
	}
}

type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		out = append(out, s[index])
	}
	return out, nil
}

func trees() {
	var hashes store
	var size int64
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		more, err := tlog.StoredHashes(size, unhex(lines.Text()), hashes)
		must(err)
		hashes = append(hashes, more...)
		size++
		root, err := tlog.TreeHash(size, hashes)
		must(err)
		fmt.Println("root", size, hex.EncodeToString(root[:]))
		for _, at := range []int64{0, size / 3, size - 1} {
			path, err := tlog.ProveRecord(size, at, hashes)
			must(err)
			fmt.Println("record", size, at, joined(path))
		}
		for _, old := range []int64{1, (size + 1) / 2, size} {
			path, err := tlog.ProveTree(size, old, hashes)
			must(err)
			fmt.Println("tree", size, old, joined(path))
		}
	}
}

func check() {
	lines := bufio.NewScanner(os.Stdin)
	count := 0
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		size, third := number(words[1]), number(words[3])
		var path []tlog.Hash
		for _, text := range strings.Split(words[5], ",") {
			if text != "" {
				path = append(path, hash(text))
			}
		}
		switch words[0] {
		case "record":
			must(tlog.CheckRecord(path, size, hash(words[2]), third, tlog.RecordHash(unhex(words[4]))))
		case "tree":
			must(tlog.CheckTree(path, size, hash(words[2]), third, hash(words[4])))
		}
		count++
	}
	fmt.Println("checked", count)
}

func joined(path []tlog.Hash) string {
	var texts []string
	for _, hash := range path {
		texts = append(texts, hex.EncodeToString(hash[:]))
	}
	return strings.Join(texts, ",")
}

func hash(text string) (out tlog.Hash) {
	copy(out[:], unhex(text))
	return
}

func unhex(text string) []byte {
	bytes, err := hex.DecodeString(text)
	must(err)
	return bytes
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
