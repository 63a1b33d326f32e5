#!/bin/bash
# What the first look leaves open (unsettled), or the pack (pack): see slurm.sh.
#SBATCH --job-name=neuronlens-merge
#SBATCH --cpus-per-task=8
#SBATCH --mem=24G
#SBATCH --time=08:00:00
set -euo pipefail
if [ "$1" = unsettled ]; then
  exec npx tsx cli/main.ts merge "$WORK"/states/* --unsettled \
    --model "$MODEL" --threads "$SLURM_CPUS_PER_TASK" --out "$WORK/unsettled"
fi
exec npx tsx cli/main.ts merge "$WORK/unsettled" "$WORK"/looks/* \
  --model "$MODEL" --texts public/words/english-30000.txt --threads "$SLURM_CPUS_PER_TASK" --out "$WORK/pack"
