// Command rclone is rclone with the one provider and the commands that the benchmark compares itself with: with all of them it
// takes many minutes to build.
package main

import (
	_ "github.com/rclone/rclone/backend/local"
	_ "github.com/rclone/rclone/backend/s3"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/cat"
	_ "github.com/rclone/rclone/cmd/copyto"
)

func main() {
	cmd.Main()
}
