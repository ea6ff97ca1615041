// What Go's pierrec/lz4 makes of a file: reader FILE writes it to standard output.
package main

import (
	"io"
	"log"
	"os"

	"github.com/pierrec/lz4"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, lz4.NewReader(file)); err != nil {
		log.Fatal(err)
	}
}
