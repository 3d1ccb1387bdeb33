"""The least mean cost and the largest share of right characters of a model that
sees a window of a text, for lab 12. Where the same characters are followed by
different ones, no model can know by which: the cost is then the entropy of what
follows, and the share is that of the most frequent one.

The first of a window's characters has nothing before it, so a model with memory
sees what stands in the window up to here, one without sees one character.
"""
from collections import Counter, defaultdict
from math import log


def limits(text, length, memory):
    followers = defaultdict(Counter)
    for start in range(len(text) - length):
        for end in range(start, start + length):
            seen = text[max(start, end + 1 - memory) : end + 1]
            followers[seen][text[end + 1]] += 1
    count = sum(sum(of.values()) for of in followers.values())
    cost = -sum(n * log(n / sum(of.values())) for of in followers.values() for n in of.values())
    right = sum(max(of.values()) for of in followers.values())
    return cost / count, right / count


SENTENCE = "who reads a line twice sees more in it than who reads two lines once"

if __name__ == "__main__":
    for text, length in [("hihello", 6), (" if you want you", 15), (SENTENCE, 10)]:
        for memory in (1, length):
            cost, right = limits(text, length, memory)
            print(f"{text!r} windows of {length}, memory {memory}: {cost:.6f} {right:.6f}")
    vocabulary = len(set(SENTENCE))
    from math import exp
    print(vocabulary, "characters; logits within -1 and 1 cost at least", round(log(1 + (vocabulary - 1) * exp(-2)), 4))
