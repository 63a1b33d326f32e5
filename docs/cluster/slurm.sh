#!/bin/bash
# bash docs/cluster/slurm.sh: submits look, merge, look again, merge, each when the one before is done. MODEL, PICTURES and WORK are folders that all
# nodes see; the pack comes to $WORK/pack. Run in this repository.
set -euo pipefail
: "${MODEL:?}" "${PICTURES:?}" "${WORK:?}"
export MODEL PICTURES WORK
SHARDS=${SHARDS:-64}
mkdir -p "$WORK/states" "$WORK/looks"
here=docs/cluster
submit() { sbatch --parsable --export=ALL "$@"; }

look=$(submit --array="0-$((SHARDS - 1))" "$here/slurm-bake.sh" states)
merge=$(submit --dependency="afterok:$look" "$here/slurm-merge.sh" unsettled)
settle=$(submit --dependency="afterok:$merge" --array="0-$((SHARDS - 1))" "$here/slurm-bake.sh" looks)
submit --dependency="afterok:$settle" "$here/slurm-merge.sh" pack
