// What Go's own packages say of our notes and proofs, and their own for us to check.
//
//	peer open VERIFIERKEY < note        prints the note's text, if the signature is right
//	peer cosigned LOGKEY WITNESSKEY < note   prints how many of both signed, and when the witness says that it did
//	peer sign SIGNERKEY < text          prints a signed note
//	peer trees < hashes                 hashes of leaves' data, a line each; prints roots and proofs, a line each
//	peer check < lines                  checks lines as "record SIZE ROOT INDEX DATA PATH" and "tree SIZE ROOT OLD OLDROOT PATH"
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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
	case "cosigned":
		verifier, err := note.NewVerifier(os.Args[2])
		must(err)
		witness := newCosigner(os.Args[3])
		all, err := io.ReadAll(os.Stdin)
		must(err)
		opened, err := note.Open(all, note.VerifierList(verifier, witness))
		must(err)
		fmt.Println(len(opened.Sigs), "at", witness.time)
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

// cosigner verifies cosignature/v1 of the C2SP specification tlog-cosignature.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func newCosigner(text string) *cosigner {
	parts := strings.SplitN(text, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(hash[:])
	if key[0] != 4 || fmt.Sprintf("%08x", id) != parts[1] {
		log.Fatal("no key of a witness")
	}
	return &cosigner{name: parts[0], hash: id, key: key[1:]}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	c.time = binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
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
