#!/bin/bash
# A task a shard, of the first look (states) or of the second (looks): see slurm.sh.
#SBATCH --job-name=neuronlens-bake
#SBATCH --cpus-per-task=8
#SBATCH --mem=12G
#SBATCH --time=08:00:00
#SBATCH --requeue
set -euo pipefail
if [ "$1" = looks ]; then what=(--settle "$WORK/unsettled"); else what=(--top 100); fi
exec npx tsx cli/main.ts bake --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --model "$MODEL" --images "$PICTURES" "${what[@]}" \
  --threads "$SLURM_CPUS_PER_TASK" --out "$WORK/$1/$SLURM_ARRAY_TASK_ID"
