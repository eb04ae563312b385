# work.pl -- strings that grow in a hash, lists of lists, a sort and a substitution.
#
# SPDX-License-Identifier: MIT
use strict;
use warnings;

my (%text_of, @kept);
for my $i (1 .. 90000) {
    my $key = "key " . ($i * 7919 % 10007);
    $text_of{$key} .= substr("abcdefghijklmnopqrstuvwxyz" x 3, $i % 26, $i % 40);
    push @kept, [$i, $key, length $text_of{$key}] if $i % 7 == 0;
    delete $text_of{$key} if $i % 13 == 0;
}
my $text = join ",", map { "$_=$text_of{$_}" } sort keys %text_of;
(my $short = $text) =~ s/([a-z])[a-z]{5,}/$1/g;
print length $text, " ", scalar @kept, " ", substr($short, 0, 5000), "\n";
print "@$_\n" for sort { $b->[2] <=> $a->[2] || $a->[0] <=> $b->[0] } @kept[0 .. 5000];
