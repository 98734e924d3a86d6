// A question to a scanner that may be called off while it is out.
#pragma once

#include <algorithm>
#include <vector>

#include "runtime/stream.h"

namespace cursus {

// On the reactor of whoever asks. It outlives the questions.
class Recall {
public:
    // The connections of all questions that are out are cut off, and no other is begun.
    void call_off() {
        is_called_off_ = true;
        for (Stream* const stream : streams_) stream->cancel();
    }
    bool is_called_off() const { return is_called_off_; }

    // A connection that a question uses, as long as this lives.
    class Use {
    public:
        Use(Recall& recall, Stream& stream) : recall_(recall), stream_(&stream) {
            recall_.streams_.push_back(stream_);
        }
        ~Use() { std::erase(recall_.streams_, stream_); }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        Recall& recall_;
        Stream* stream_;
    };

private:
    std::vector<Stream*> streams_;
    bool is_called_off_ = false;
};

}  // namespace cursus
