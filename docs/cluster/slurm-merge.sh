#!/bin/bash
# sbatch --dependency=afterok:JOB docs/cluster/slurm-merge.sh, with JOB the number that slurm.sh was given.
#SBATCH --job-name=neuronlens-merge
#SBATCH --cpus-per-task=8
#SBATCH --mem=24G
#SBATCH --time=08:00:00
set -euo pipefail
exec npx tsx cli/main.ts merge "$STATES"/* \
  --model "$MODEL" --texts public/words/english-30000.txt --threads "$SLURM_CPUS_PER_TASK" --out "$PACK"
