#!/bin/bash
# sbatch docs/cluster/slurm.sh: one task a shard. MODEL, PICTURES and STATES are folders that all nodes see; STATES exists.
#SBATCH --job-name=neuronlens-bake
#SBATCH --array=0-63
#SBATCH --cpus-per-task=8
#SBATCH --mem=12G
#SBATCH --time=08:00:00
#SBATCH --requeue
set -euo pipefail
exec npx tsx cli/main.ts bake --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --model "$MODEL" --images "$PICTURES" --top 100 \
  --threads "$SLURM_CPUS_PER_TASK" --out "$STATES/$SLURM_ARRAY_TASK_ID"
