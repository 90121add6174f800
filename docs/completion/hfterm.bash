# bash completion for hfterm; made by: hfterm completion bash
_hfterm() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  local verb= word words globals=" --demo --endpoint --offline --token-file --theme --graphics --readonly --ascii --plain --no-mouse --config --log --help --version"
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    models|datasets|spaces|show|get|realize|serve|doctor|keys) verb=$word; break ;;
    esac
  done
  case $prev in
    --endpoint) return ;;
    --token-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --theme) return ;;
    --graphics) COMPREPLY=($(compgen -W 'auto sixel kitty blocks none' -- "$cur")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --log) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  case $verb in
  models)
    case $prev in
    --limit) return ;;
    --sort) COMPREPLY=($(compgen -W 'trending downloads likes modified created likes30d params size' -- "$cur")); return ;;
    --author) return ;;
    --task) return ;;
    --library) return ;;
    --language) return ;;
    --license) return ;;
    --tag) return ;;
    --params) return ;;
    --gated) COMPREPLY=($(compgen -W 'true false' -- "$cur")); return ;;
    --inference) return ;;
    --trained-on) return ;;
    esac
    words=" --limit --sort --author --task --library --language --license --tag --params --gated --inference --trained-on --full --json $globals"
    ;;
  datasets)
    case $prev in
    --limit) return ;;
    --sort) COMPREPLY=($(compgen -W 'trending downloads likes modified created likes30d size' -- "$cur")); return ;;
    --author) return ;;
    --task) return ;;
    --language) return ;;
    --license) return ;;
    --tag) return ;;
    --gated) COMPREPLY=($(compgen -W 'true false' -- "$cur")); return ;;
    esac
    words=" --limit --sort --author --task --language --license --tag --gated --full --json $globals"
    ;;
  spaces)
    case $prev in
    --limit) return ;;
    --sort) COMPREPLY=($(compgen -W 'trending likes modified created likes30d size' -- "$cur")); return ;;
    --author) return ;;
    --uses-model) return ;;
    --uses-dataset) return ;;
    --license) return ;;
    --tag) return ;;
    esac
    words=" --limit --sort --author --uses-model --uses-dataset --license --tag --full --json $globals"
    ;;
  show)
    case $prev in
    --type) COMPREPLY=($(compgen -W 'model dataset space' -- "$cur")); return ;;
    --revision) return ;;
    --file) return ;;
    --discussion) return ;;
    --limit) return ;;
    esac
    words=" --type --revision --files --file --commits --refs --discussions --discussion --raw --limit --json $globals"
    ;;
  get)
    case $prev in
    --type) COMPREPLY=($(compgen -W 'model dataset space' -- "$cur")); return ;;
    --revision) return ;;
    esac
    words=" --type --revision --force --json $globals"
    [[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- "$cur")); return; }
    ;;
  realize)
    case $prev in
    --query) return ;;
    --mode) COMPREPLY=($(compgen -W 'tension reference contextual 40' -- "$cur")); return ;;
    --total) return ;;
    --regions) return ;;
    --overview) return ;;
    --cells) return ;;
    --min-lod) return ;;
    --max-lod) return ;;
    --kappa) return ;;
    --small) COMPREPLY=($(compgen -W 'raise drop' -- "$cur")); return ;;
    --vlm) COMPREPLY=($(compgen -W 'qwen3-vl qwen2-vl qwen2-vl-class qwen-utils-28 qwen-utils-32' -- "$cur")); return ;;
    --min-pixels) return ;;
    --max-pixels) return ;;
    --scale) return ;;
    --tensions) return ;;
    --explore) return ;;
    --cull) return ;;
    --info) COMPREPLY=($(compgen -W 'reference visual' -- "$cur")); return ;;
    --saliency) COMPREPLY=($(compgen -W 'surround spectral' -- "$cur")); return ;;
    --resize) COMPREPLY=($(compgen -W 'space torch' -- "$cur")); return ;;
    --lexicon) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --weights) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --query-embedding) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --embeddings) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --token-ids) return ;;
    --query-dtype) COMPREPLY=($(compgen -W 'f32 bf16' -- "$cur")); return ;;
    --flow) COMPREPLY=($(compgen -W 'blocks lk' -- "$cur")); return ;;
    --temporal) COMPREPLY=($(compgen -W 'plain reuse' -- "$cur")); return ;;
    --view) COMPREPLY=($(compgen -W 'overview homunculus heatmaps three-ways textures channels false-color comparison metrics query-impact attribution inspector balanced tokens' -- "$cur")); return ;;
    --output) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --style) COMPREPLY=($(compgen -W 'dim borders heatmap semantic edges spatial' -- "$cur")); return ;;
    --triple) return ;;
    --cell) return ;;
    --crops) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --dump) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --backend) COMPREPLY=($(compgen -W 'auto cpu cuda' -- "$cur")); return ;;
    --device) return ;;
    --threads) return ;;
    --bench) return ;;
    esac
    words=" --query --mode --total --regions --overview --cells --min-lod --max-lod --kappa --small --vlm --min-pixels --max-pixels --scale --tensions --explore --cull --info --saliency --v2 --resize --literal-edges --no-flat-guard --seed-grid --lexicon --weights --query-embedding --embeddings --token-ids --query-dtype --sequence --flow --temporal --view --output --style --triple --cell --crops --dump --compare-queries --backend --device --threads --bench --json $globals"
    [[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- "$cur")); return; }
    ;;
  serve)
    case $prev in
    --port) return ;;
    --bind) return ;;
    --name) return ;;
    --fault) return ;;
    esac
    words=" --port --bind --name --quiet --fault --hostile --split-storage --json $globals"
    [[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- "$cur")); return; }
    ;;
  doctor)
    case $prev in
    esac
    words=" --json $globals"
    ;;
  keys)
    case $prev in
    esac
    words=" --markdown --man --json $globals"
    ;;
  *) words="models datasets spaces show get realize serve doctor keys $globals" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _hfterm hfterm
