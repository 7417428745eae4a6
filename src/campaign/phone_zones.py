# Writes the table of phone_zones.h as C, from the data of python3-phonenumbers.
import sys

try:
    from phonenumbers.tzdata.data0 import data
except ImportError:
    sys.exit("phonenumbers is missing (Debian: python3-phonenumbers)")

if "--check" in sys.argv:
    sys.exit(0)

groups = {prefix: "&".join(sorted(zones)) for prefix, zones in data.items()}
names = sorted(set(groups.values()))
index = {name: i for i, name in enumerate(names)}
if any(len(prefix) > 9 or prefix.startswith("0") for prefix in groups) or len(names) > 65535:
    sys.exit("phone_zones.h has no room for this data")
if any(set(name) & set('"\\\n') for name in names):
    sys.exit("a zone's name cannot be written as C")

print("/* Made by phone_zones.py from the data of libphonenumber (Apache License 2.0). */")
print('#include "campaign/phone_zones.h"\n')
print("const char *const phone_zone_names[] = {")
for name in names:
    print(f'\t"{name}",')
print("};\n\nconst struct phone_prefix phone_prefixes[] = {")
for prefix in sorted(groups, key=int):
    print(f"\t{{ {prefix}, {index[groups[prefix]]} }},")
print("};\n\nconst size_t phone_prefix_count = sizeof(phone_prefixes) / sizeof(phone_prefixes[0]);")
