# Where npm puts global programs; the agent's own PATH may lack it.
export PATH="$PATH:/usr/local/bin:/usr/bin:/bin"

has_both() { PATH=$1 command -v node >/dev/null && PATH=$1 command -v pm2 >/dev/null; }

# Runs a command as a user.
as() {
  if [ "$(id -un)" = "$1" ]; then "${@:2}"; else runuser -u "$1" -- "${@:2}"; fi
}

# The PATH of a user's own login shell, where nvm, fnm, volta, asdf and n put node. What it sources is the user's: it runs
# as that user, without the document's values, for 5 s at most, and whatever else it says is dropped. It is interactive,
# since many a .bashrc ends at once where it is not; it writes to a file, since what it starts may hold a pipe open.
login_path() {
  local user=$1 entry dir shell said
  entry=$(getent passwd "$user") || return 1
  IFS=: read -r _ _ _ _ _ dir shell <<<"$entry"
  case $shell in */bash | */zsh | */fish | */ksh | */dash | */sh) ;; *) shell=/bin/bash ;; esac
  said=$(mktemp)
  (
    ulimit -f 256
    cd "$dir" 2>/dev/null || cd /
    as "$user" timeout -k 1 5 env -i HOME="$dir" USER="$user" LOGNAME="$user" SHELL="$shell" TERM=dumb \
      PATH=/usr/local/bin:/usr/bin:/bin "$shell" -lic 'printf "\nd2-path:"; printenv PATH' \
      >"$said" 2>/dev/null </dev/null
  ) || true
  sed -n 's/^d2-path://p' "$said" | tail -n 1
  rm -f "$said"
}

# What is told of a home that the user of the only Node.js may not look into.
seen_by_root() {
  if ! [ -e "$1" ]; then echo absent; elif ! [ -S "$1/rpc.sock" ]; then echo 'not running'; else echo hidden; fi
}

run=(env)
asked=
IFS=, read -ra homes <<<"$SSM_homes"
has_both "$PATH" || for words in "${homes[@]}"; do
  IFS='=' read -r _ user bin <<<"$words"
  path=${bin:+$bin:$PATH}
  case ,$asked, in *,"$user",*) : ;; *) path=${path:-$(login_path "$user" || true)} ;; esac
  asked+=",$user"
  has_both "$path" || continue
  seen=
  for other in "${homes[@]}"; do
    IFS='=' read -r home owner _ <<<"$other"
    [ "$owner" = "$user" ] || seen+="$home=$(seen_by_root "$home"),"
  done
  [ "$(id -un)" = "$user" ] || run=(runuser -u "$user" --)
  run+=(env "PATH=$path" ${seen:+"SSM_seen=$seen"})
  break
done
if [ "${run[*]}" = env ] && ! command -v node >/dev/null; then echo '{"error":"no node"}'; exit 0; fi
